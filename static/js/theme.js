// Runs before the first paint: puts a stored choice of theme on <html>, so that no page flashes in the other one.
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("has-js");
  try {
    var stored = localStorage.getItem("theme");
    if (stored === "light" || stored === "dark") root.dataset.theme = stored;
  } catch (error) {
    // Storage may be forbidden; the system's preference then decides.
  }
})();
