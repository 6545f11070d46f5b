-- For wrk: sends the requests that driving.py has written to a file, each ended by a zero byte, and prints what came
-- back as one line of JSON. Arguments: the file; "again" to begin anew at its end, or "once"; for how many seconds.
--
-- "Once" is for what can be done once only. When the time or the file is over, the connections ask for /healthz, which
-- is not counted, so that every request that was sent is also answered before wrk ends.

local ffi = require("ffi")
ffi.cdef("typedef struct { long seconds; long nanoseconds; } moment; int clock_gettime(int clock, moment *now);")

local MONOTONIC = 1
local threads = {}

local function now()
  local moment = ffi.new("moment")
  ffi.C.clock_gettime(MONOTONIC, moment)
  return tonumber(moment.seconds) + tonumber(moment.nanoseconds) / 1e9
end

local function read(path)
  local file = assert(io.open(path, "rb"))
  local requests = {}
  for request in file:read("*a"):gmatch("%Z+") do
    requests[#requests + 1] = request
  end
  file:close()
  return requests
end

local function send_again(requests)
  local last = 0
  request = function()
    last = last % #requests + 1
    return requests[last]
  end
end

local function send_once(requests, seconds)
  local is_asked_for_form, first = true, nil
  local rest = wrk.format("GET", "/healthz")
  sent, answered, lasted = 0, 0, 0
  request = function()
    if is_asked_for_form then -- wrk's own first call, whose request is not sent
      is_asked_for_form = false
      return rest
    end
    first = first or now()
    if sent == #requests or now() - first > seconds then
      return rest
    end
    sent = sent + 1
    return requests[sent]
  end
  response = function(_, _, body)
    if body ~= "ok\n" then
      answered = answered + 1
      lasted = now() - first
    end
  end
end

function setup(thread)
  threads[#threads + 1] = thread
end

function init(arguments)
  local requests = read(arguments[1])
  if arguments[2] == "once" then
    send_once(requests, tonumber(arguments[3]))
  else
    send_again(requests)
  end
end

function done(summary, latency)
  local sent, answered, lasted = 0, summary.requests, summary.duration / 1e6
  if threads[1]:get("answered") then
    sent, answered, lasted = threads[1]:get("sent"), threads[1]:get("answered"), threads[1]:get("lasted")
  else
    sent = answered
  end
  local errors = summary.errors
  print(string.format(
    '{"sent": %d, "answered": %d, "seconds": %f, "refused": %d, "broken": %d, "median": %f, "p95": %f}',
    sent, answered, lasted, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1e6, latency:percentile(95) / 1e6
  ))
end
