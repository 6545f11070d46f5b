// Small comforts on top of pages that work without them. Everything listens on the document, so that what htmx
// swaps in later needs no setting up.
(function () {
  "use strict";

  const root = document.documentElement;
  const toasts = () => document.getElementById("toasts");

  function say(text) {
    const toast = document.createElement("div");
    toast.className = "c-toast";
    toast.dataset.toast = "";
    toast.textContent = text;
    toasts()?.append(toast);
  }

  // Toasts leave by themselves, late enough to be read.
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) {
        if (node.nodeType === 1) setTimeout(() => node.remove(), 6000);
      }
    }
  }).observe(toasts(), { childList: true });

  // Theme: the choice is stored only where it differs from the system's.
  function toggleTheme() {
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const wanted = (root.dataset.theme || system) === "dark" ? "light" : "dark";
    try {
      if (wanted === system) {
        delete root.dataset.theme;
        localStorage.removeItem("theme");
      } else {
        root.dataset.theme = wanted;
        localStorage.setItem("theme", wanted);
      }
    } catch {
      root.dataset.theme = wanted;
    }
  }

  // Markdown
  function showTab(tab) {
    for (const other of tab.parentElement.querySelectorAll("[role=tab]")) {
      const isChosen = other === tab;
      other.setAttribute("aria-selected", isChosen);
      other.tabIndex = isChosen ? 0 : -1;
      document.getElementById(other.getAttribute("aria-controls")).hidden = !isChosen;
    }
    const editor = tab.closest("[data-markdown-editor]");
    const tools = editor.querySelector(".c-markdown-editor-tools");
    const isPreview = tab.hasAttribute("hx-post");
    tools.hidden = isPreview;
    if (!isPreview) return;
    const preview = document.getElementById(tab.getAttribute("aria-controls"));
    if (editor.querySelector("textarea").value.trim()) window.htmx?.trigger(tab, "preview");
    else preview.textContent = preview.dataset.empty;
  }

  const wraps = { bold: "**", italic: "_", code: "`" };
  const prefixes = { quote: "> ", list: "- " };

  function format(textarea, kind) {
    const { selectionStart: start, selectionEnd: end, value } = textarea;
    const chosen = value.slice(start, end);
    let text;
    let caret;
    if (kind === "code" && chosen.includes("\n")) {
      text = "```\n" + chosen + "\n```";
      caret = [start + 4, start + 4 + chosen.length];
    } else if (wraps[kind]) {
      text = wraps[kind] + chosen + wraps[kind];
      caret = [start + wraps[kind].length, start + wraps[kind].length + chosen.length];
    } else if (kind === "link") {
      text = "[" + chosen + "](https://)";
      caret = chosen ? [start + chosen.length + 3, start + text.length - 1] : [start + 1, start + 1];
    } else {
      text = (chosen || "").split("\n").map((line) => prefixes[kind] + line).join("\n");
      if (start > 0 && value[start - 1] !== "\n") text = "\n" + text;
      caret = [start + text.length, start + text.length];
    }
    textarea.focus();
    textarea.setSelectionRange(start, end);
    // execCommand, though old, is the one way that keeps the browser's undo.
    if (!document.execCommand("insertText", false, text)) textarea.setRangeText(text, start, end, "end");
    textarea.setSelectionRange(...caret);
  }

  document.addEventListener("htmx:configRequest", (event) => {
    const editor = event.target.closest?.("[data-markdown-editor]");
    if (!editor) return;
    const token = event.target.closest("form")?.elements.csrfmiddlewaretoken?.value;
    const parameters = { text: editor.querySelector("textarea").value };
    if (token) parameters.csrfmiddlewaretoken = token;
    event.detail.parameters = parameters;
  });

  // Drafts: what is typed into a form marked data-draft stays in this browser until it is posted, discarded or too old.
  // A draft is that of whoever is signed in (data-draft); one that a visitor began goes to whoever signs in next.
  const draftForm = document.querySelector("form[data-draft]");
  const draftNotice = document.querySelector("[data-draft-notice]");
  const draftKey = (path) => "draft:" + path;
  const draftLife = 30 * 24 * 60 * 60 * 1000;
  const draftFields = () => [...draftForm.elements].filter((field) => field.matches("textarea, input:not([type=hidden])"));
  let hasTyped = false;
  let draftTimer;

  function readDraft(key) {
    try {
      const draft = JSON.parse(localStorage.getItem(key));
      return draft && Date.now() - draft.at < draftLife ? draft : null;
    } catch {
      return null;
    }
  }

  function forgetDrafts(isDone) {
    try {
      for (const key of Object.keys(localStorage)) {
        if (key.startsWith(draftKey("")) && isDone(key)) localStorage.removeItem(key);
      }
    } catch {
      // Without storage there are no drafts.
    }
  }

  // Whether all that was typed is kept.
  function storeDraft() {
    clearTimeout(draftTimer);
    if (!hasTyped) return true;
    const key = draftKey(location.pathname);
    const fields = Object.fromEntries(draftFields().map((field) => [field.name, field.value]));
    const by = draftForm.dataset.draft || readDraft(key)?.by || "";
    try {
      if (Object.values(fields).some((value) => value.trim())) {
        localStorage.setItem(key, JSON.stringify({ at: Date.now(), by, fields }));
      } else {
        localStorage.removeItem(key);
      }
      hasTyped = false;
    } catch {
      // The storage is full or forbidden.
    }
    return !hasTyped;
  }

  function ago(moment) {
    const minutes = Math.max(1, Math.round((Date.now() - moment) / 60_000));
    const [unit, size] = minutes < 60 ? ["minute", 1] : minutes < 1440 ? ["hour", 60] : ["day", 1440];
    return new Intl.RelativeTimeFormat(root.lang).format(-Math.round(minutes / size), unit);
  }

  function restoreDraft() {
    const draft = readDraft(draftKey(location.pathname));
    const reader = draftForm.dataset.draft;
    if (!draft || (draft.by && reader && draft.by !== reader)) return;
    for (const field of draftFields()) field.value = draft.fields[field.name] ?? field.value;
    draftNotice.firstElementChild.textContent = draftNotice.dataset.kept.replace("{when}", ago(draft.at));
    draftNotice.lastElementChild.hidden = false;
  }

  function discardDraft() {
    draftForm.reset();
    hasTyped = false;
    forgetDrafts((key) => key === draftKey(location.pathname));
    draftNotice.firstElementChild.textContent = draftNotice.dataset.discarded;
    draftNotice.lastElementChild.hidden = true;
    draftFields()[0].focus();
  }

  const posted = [...document.querySelectorAll("[data-posted]")].map((message) => draftKey(message.dataset.posted));
  forgetDrafts((key) => posted.includes(key) || !readDraft(key));
  if (draftForm) {
    if (draftForm.hasAttribute("data-is-filled")) {
      hasTyped = true;
      storeDraft();
    } else {
      restoreDraft();
    }
    draftForm.addEventListener("input", () => {
      hasTyped = true;
      clearTimeout(draftTimer);
      draftTimer = setTimeout(storeDraft, 500);
    });
    window.addEventListener("pagehide", storeDraft);
  }

  document.addEventListener("submit", (event) => {
    if (event.target === draftForm) storeDraft();
    // Whoever signs out leaves nothing behind for the next person at this computer.
    if (event.target.getAttribute("action")?.endsWith("/accounts/logout/")) {
      hasTyped = false;
      forgetDrafts(() => true);
    }
  });

  // Text that was typed, not sent and not kept is not lost to a careless click.
  const isWritten = (field) =>
    field.value !== field.defaultValue && field.offsetParent !== null && !(field.form === draftForm && storeDraft());
  let isSending = false;

  window.addEventListener("beforeunload", (event) => {
    if (isSending) return;
    if ([...document.querySelectorAll("[data-markdown-editor] textarea")].some(isWritten)) event.preventDefault();
  });

  window.addEventListener("pageshow", () => {
    isSending = false;
  });

  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) isSending = true;
  });

  function closeMenus(except) {
    for (const menu of document.querySelectorAll("details.c-menu[open]")) {
      if (menu !== except) menu.open = false;
    }
  }

  document.addEventListener("click", async (event) => {
    closeMenus(event.target.closest("details.c-menu"));
    const button = event.target.closest("button");
    if (!button) return;
    if (button.hasAttribute("data-theme-toggle")) {
      toggleTheme();
    } else if (button.hasAttribute("data-dismiss")) {
      button.closest(".c-notice").remove();
    } else if (button.hasAttribute("data-draft-discard")) {
      discardDraft();
    } else if (button.dataset.copyLink !== undefined) {
      const address = new URL(button.dataset.copyLink || location.href, location.href).href;
      const title = button.dataset.shareTitle;
      try {
        if (title && navigator.share) return await navigator.share({ title, url: address });
      } catch (error) {
        if (error.name === "AbortError") return;
      }
      try {
        await navigator.clipboard.writeText(address);
        say(toasts().dataset.copied);
      } catch {
        location.href = address;
      }
    } else if (button.dataset.markdown) {
      format(button.closest("[data-markdown-editor]").querySelector("textarea"), button.dataset.markdown);
    } else if (button.matches("[data-markdown-editor] [role=tab]")) {
      showTab(button);
    }
  });

  document.addEventListener("keydown", (event) => {
    const target = event.target;
    if (event.key === "Escape") {
      const menu = document.querySelector("details.c-menu[open]");
      if (menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    } else if (target.matches("[role=tab]") && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      const other = [...target.parentElement.children].find((tab) => tab !== target);
      other.focus();
      showTab(other);
    } else if (target.matches("[data-markdown-editor] textarea") && (event.ctrlKey || event.metaKey)) {
      const kind = { b: "bold", i: "italic", k: "link" }[event.key];
      if (kind) {
        event.preventDefault();
        format(target, kind);
      } else if (event.key === "Enter") {
        target.form?.requestSubmit();
      }
    } else if (event.key === "/" && !target.matches("input, textarea, select, [contenteditable]")) {
      const search = document.querySelector("[data-shortcut='/']");
      if (search?.offsetParent) {
        event.preventDefault();
        search.focus();
      }
    }
  });

  // Results while somebody types: a list box of links below the field, which the form does not need.
  const listOf = (field) => document.getElementById(field.dataset.suggestions);

  function pointAt(field, option) {
    for (const other of listOf(field).children) other.setAttribute("aria-selected", other === option);
    if (option) {
      field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      field.removeAttribute("aria-activedescendant");
    }
  }

  function showSuggestions(field, isShown) {
    listOf(field).hidden = !isShown;
    field.setAttribute("aria-expanded", isShown);
    pointAt(field, null);
  }

  for (const field of document.querySelectorAll("[data-suggestions]")) {
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", field.dataset.suggestions);
    field.setAttribute("aria-expanded", false);
    field.form.addEventListener("focusout", (event) => {
      if (!field.form.contains(event.relatedTarget)) showSuggestions(field, false);
    });
    field.addEventListener("keydown", (event) => {
      const options = [...listOf(field).children];
      const isShown = !listOf(field).hidden;
      const index = options.findIndex((option) => option.id === field.getAttribute("aria-activedescendant"));
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && options.length) {
        event.preventDefault();
        if (!isShown) showSuggestions(field, true);
        // One place before the first is the field itself.
        const places = options.length + 1;
        pointAt(field, options[((index + 1 + step + places) % places) - 1]);
      } else if (event.key === "Enter" && isShown && index >= 0) {
        event.preventDefault();
        options[index].click();
      } else if (event.key === "Escape" && isShown) {
        event.preventDefault();
        showSuggestions(field, false);
      }
    });
  }

  document.addEventListener("htmx:afterSwap", (event) => {
    const field = document.querySelector(`[data-suggestions="${event.detail.target.id}"]`);
    if (!field) return;
    for (const other of document.querySelectorAll("[data-suggestions]")) if (other !== field) listOf(other).textContent = "";
    showSuggestions(field, document.activeElement === field && listOf(field).childElementCount > 0);
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
  });

  // What is searched for, and which results and suggestions are opened, is counted (search/insight.py). Links stay plain.
  function tell(list, rank) {
    const told = new FormData();
    told.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "");
    told.set("token", list.dataset.insight);
    if (rank) told.set("rank", rank);
    navigator.sendBeacon(list.dataset.insightUrl, told);
  }

  for (const list of document.querySelectorAll("[data-insight-search]")) tell(list);
  for (const kind of ["click", "auxclick"]) {
    document.addEventListener(kind, (event) => {
      const row = event.target.closest?.("a[href], button")?.closest("[data-rank]");
      const list = row?.closest("[data-insight]");
      if (list && event.button < 2) tell(list, row.dataset.rank);
    });
  }

  // An error page says in one sentence why; behind an htmx request that sentence becomes the toast.
  document.addEventListener("htmx:responseError", (event) => {
    const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    say(page.querySelector("[data-sentence]")?.textContent.trim() || toasts().dataset.failed);
  });
  document.addEventListener("htmx:sendError", () => say(toasts().dataset.offline));
})();
