// The Kanban boards of the admin: cards are moved by dragging, by keys and in a dialog, and the board asks every few
// seconds whether others have changed it. Without this script each card's button leads to a form that does the same.
(function () {
  "use strict";

  const root = document.querySelector("[data-kanban]");
  if (!root) return;
  const columns = root.querySelector("[data-kanban-columns]");
  const said = root.querySelector("[data-kanban-said]");
  const dialog = root.querySelector("[data-kanban-dialog]");
  const form = dialog.querySelector("form");
  let tag = root.dataset.tag;
  let dragged = null;
  let isSending = false;

  const cards = () => [...columns.querySelectorAll("[data-card]")];
  const cardOf = (key) => columns.querySelector(`[data-card="${key}"]`);

  function say(text, { isRefused = false, answerUrl = "" } = {}) {
    said.classList.toggle("is-refused", isRefused);
    said.textContent = text;
    if (answerUrl) {
      const link = document.createElement("a");
      link.href = answerUrl;
      link.textContent = root.dataset.answerLabel;
      said.append(" ", link);
    }
  }

  // Put in what the server says now. Focus, scroll position and the card somebody is on stay where they were.
  function show(html, newTag) {
    const focused = document.activeElement?.closest?.("[data-card]")?.dataset.card;
    const isOnMove = document.activeElement?.hasAttribute("data-kanban-move");
    const before = new Map(cards().map((card) => [card.dataset.card, card.dataset.version + card.dataset.column]));
    const { scrollLeft, scrollTop } = columns;
    columns.innerHTML = html;
    tag = newTag;
    columns.scrollTo(scrollLeft, scrollTop);
    if (focused) focusCard(cardOf(focused), isOnMove);
    const changed = cards().filter((card) => {
      return before.get(card.dataset.card) !== card.dataset.version + card.dataset.column;
    });
    for (const card of changed) card.classList.add("is-changed");
    return changed.length > 0 || before.size !== cards().length;
  }

  function focusCard(card, isOnMove = false) {
    if (!card) return;
    card.querySelector(isOnMove ? "[data-kanban-move]" : ".c-kanban-card-title").focus({ preventScroll: true });
    reveal(card);
  }

  // Scrolls the board and not the page: what is said above the board stays in sight.
  function reveal(card) {
    const place = card.getBoundingClientRect();
    const frame = columns.getBoundingClientRect();
    const top = frame.top + columns.querySelector(".is-head").offsetHeight;
    const missing = (from, to, least, most) => (from < least ? from - least : Math.max(0, Math.min(to - most, from - least)));
    columns.scrollBy(
      missing(place.left, place.right, frame.left, frame.right),
      missing(place.top, place.bottom, top, frame.bottom),
    );
  }

  async function poll() {
    if (document.hidden || dragged || isSending || dialog.open) return;
    try {
      const response = await fetch(root.dataset.columnsUrl, { headers: { "If-None-Match": tag, "X-Kanban": "columns" } });
      if (!response.ok || response.redirected || dragged || isSending || dialog.open) return;
      if (show(await response.text(), response.headers.get("ETag"))) say(root.dataset.changed);
    } catch {
      // The next poll asks again.
    }
  }

  // Send a card to where it is wanted, together with the version of it that was seen here.
  async function move(card, wanted) {
    if (isSending) return;
    isSending = true;
    const key = card.dataset.card;
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    const { version, column, assignee, quarter } = card.dataset;
    for (const [name, value] of Object.entries({ version, column, assignee, quarter, ...wanted })) {
      body.append(name, value);
    }
    card.classList.add("is-moving");
    try {
      const response = await fetch(card.dataset.moveUrl, { method: "POST", body, headers: { "X-Kanban": "move" } });
      const answer = await response.json();
      show(answer.columns, answer.tag);
      say(answer.said, { isRefused: !response.ok, answerUrl: answer.answer_url });
      const now = cardOf(key);
      now?.classList.toggle("is-refused", !response.ok);
      if (response.ok) now?.classList.add("is-moved");
      if (now) reveal(now);
    } catch {
      card.classList.remove("is-moving");
      say(root.dataset.failed, { isRefused: true });
    } finally {
      isSending = false;
    }
  }

  // Dragging
  const cellAt = (event) => event.target.closest?.(".c-kanban-cell");
  const placeBeside = (card, side) => `${side}:${card.dataset.card}:${card.dataset.version}`;

  // Between which cards of an arranged column the dragged one is held: [card, side], or null where it changes no place.
  function spotAt(event, cell) {
    if (!cell.hasAttribute("data-arranged")) return null;
    const others = [...cell.children].filter((card) => card !== dragged);
    const next = others.find((card) => {
      const { top, height } = card.getBoundingClientRect();
      return event.clientY < top + height / 2;
    });
    if (next) return next.previousElementSibling === dragged ? null : [next, "before"];
    const last = others.at(-1);
    if (!last || cell.lastElementChild === dragged) return null;
    const isBesideLast = cell === dragged.parentElement || event.clientY < last.getBoundingClientRect().bottom;
    return isBesideLast ? [last, "after"] : null;
  }

  function mark(cell, spot) {
    for (const card of columns.querySelectorAll(".is-next, .is-previous")) card.classList.remove("is-next", "is-previous");
    for (const other of columns.querySelectorAll(".is-target")) if (other !== cell) other.classList.remove("is-target");
    cell?.classList.add("is-target");
    if (spot) spot[0].classList.add(spot[1] === "before" ? "is-next" : "is-previous");
  }

  columns.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-card]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.title);
    dragged.classList.add("is-dragged");
  });

  columns.addEventListener("dragover", (event) => {
    const cell = dragged && cellAt(event);
    mark(cell, cell && spotAt(event, cell));
    if (cell) event.preventDefault();
  });

  columns.addEventListener("drop", (event) => {
    const cell = dragged && cellAt(event);
    if (!cell) return;
    event.preventDefault();
    const card = dragged;
    const spot = spotAt(event, cell);
    letGo();
    if (cell === card.parentElement && !spot) return;
    const wanted = { column: cell.dataset.column };
    if (spot) wanted.place = placeBeside(...spot);
    if (cell.dataset.laneField) wanted[cell.dataset.laneField] = cell.dataset.lane;
    move(card, wanted);
  });

  // A card that was replaced meanwhile sends no dragend.
  function letGo() {
    dragged?.classList.remove("is-dragged");
    mark(null, null);
    dragged = null;
  }

  columns.addEventListener("dragend", letGo);

  // Keys
  function neighbour(card, key) {
    const cell = card.parentElement;
    if (key === "ArrowDown") return card.nextElementSibling;
    if (key === "ArrowUp") return card.previousElementSibling;
    const place = [...cell.children].indexOf(card);
    const sibling = key === "ArrowRight" ? "nextElementSibling" : "previousElementSibling";
    for (let next = cell[sibling]; next; next = next[sibling]) {
      if (next.children.length) return next.children[Math.min(place, next.children.length - 1)];
    }
    return null;
  }

  function moveWithin(card, isUp) {
    if (!card.parentElement.hasAttribute("data-arranged")) {
      say(root.dataset.unarranged ?? "", { isRefused: true });
      return;
    }
    const other = isUp ? card.previousElementSibling : card.nextElementSibling;
    if (other) move(card, { place: placeBeside(other, isUp ? "before" : "after") });
  }

  columns.addEventListener("keydown", (event) => {
    const card = event.target.closest("[data-card]");
    if (!card || !event.key.startsWith("Arrow") || event.altKey || event.metaKey) return;
    const isSideways = event.key === "ArrowRight" || event.key === "ArrowLeft";
    if (event.ctrlKey || event.shiftKey) {
      event.preventDefault();
      if (!isSideways) {
        moveWithin(card, event.key === "ArrowUp");
        return;
      }
      const cell = card.parentElement;
      const next = event.key === "ArrowRight" ? cell.nextElementSibling : cell.previousElementSibling;
      if (next) move(card, { column: next.dataset.column });
    } else {
      event.preventDefault();
      const next = neighbour(card, event.key);
      if (next) focusCard(next, event.target.hasAttribute("data-kanban-move"));
    }
  });

  // The dialog
  let chosen = null;

  function choose(name, value, label) {
    const select = form.elements[name];
    if (!select) return;
    if (![...select.options].some((option) => option.value === value)) select.add(new Option(label, value));
    select.value = value;
  }

  // The places beside the other cards of the chosen column, in the lane in which the card is now.
  function offerPlaces() {
    const select = form.elements.place;
    if (!select) return;
    const lane = chosen.closest(".c-kanban-lane");
    const cell = lane.querySelector(`[data-column="${form.elements.column.value}"][data-arranged]`);
    const others = cell ? [...cell.querySelectorAll("[data-card]")].filter((card) => card !== chosen) : [];
    const { first, after } = select.dataset;
    select.replaceChildren(select.options[0]);
    if (others.length) select.add(new Option(first, placeBeside(others[0], "before")));
    for (const card of others) {
      select.add(new Option(after.replace("%(title)s", () => card.dataset.title), placeBeside(card, "after")));
    }
    select.value = "";
    select.closest(".w-field__wrapper").hidden = !others.length;
  }

  columns.addEventListener("click", (event) => {
    const link = event.target.closest("[data-kanban-move]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    chosen = link.closest("[data-card]");
    const { title, column, assignee, assigneeName, quarter } = chosen.dataset;
    dialog.querySelector("h2").textContent = title;
    choose("column", column, column);
    choose("assignee", assignee, assigneeName);
    choose("quarter", quarter, quarter);
    offerPlaces();
    dialog.showModal();
  });

  form.elements.column.addEventListener("change", offerPlaces);

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = {};
    for (const name of ["column", "assignee", "quarter", "place"]) {
      if (form.elements[name]) wanted[name] = form.elements[name].value;
    }
    dialog.close();
    move(chosen, wanted);
  });

  dialog.querySelector("[data-kanban-cancel]").addEventListener("click", () => dialog.close());

  setInterval(poll, Number(root.dataset.pollSeconds) * 1000);
  document.addEventListener("visibilitychange", poll);
})();
