// What HTML and htmx cannot do alone: the dialog, the palette, a barcode scanner anywhere, check
// boxes. Every page works without it; nothing from a device or a person is ever put into HTML here.
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const dialog = $("#dialog");
  const palette = $("#palette");
  const typing = (node) => node.closest("input, textarea, select, [contenteditable]") !== null;

  // Dialog: htmx puts a page into it, then it opens. Closing returns the focus by itself.
  document.addEventListener("htmx:after:swap", (event) => {
    const target = event.detail?.ctx?.target;
    if (!dialog || target?.id !== "dialog-body") return;
    if (!dialog.open) dialog.showModal();
    const first = $("[autofocus], .is-wrong, input:not([type=hidden]), select, textarea, button", target);
    first?.focus();
  });
  document.addEventListener("click", (event) => {
    const closer = event.target.closest("[data-close]");
    const box = closer?.closest("dialog, [data-closable]");
    if (box) {
      event.preventDefault();
      if (box instanceof HTMLDialogElement) box.close();
      else box.remove();
    }
    if (event.target instanceof HTMLDialogElement && event.target.open) event.target.close();
    if (event.target.closest("[data-palette]") && palette) {
      event.preventDefault();
      openPalette();
    }
    document.querySelectorAll("details.account-menu[open], details.drop[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  dialog?.addEventListener("close", () => { $("#dialog-body").replaceChildren(); });

  // Palette: results are links; the arrows walk through them, Enter follows.
  const field = palette && $("input", palette);
  const links = () => [...palette.querySelectorAll("#palette-results a")];
  function openPalette(text = "") {
    if (palette.open) return;
    field.value = text;
    palette.showModal();
    field.focus();
    field.dispatchEvent(new Event("palette-open"));
  }
  function mark(step) {
    const all = links();
    if (!all.length) return;
    const now = all.findIndex((link) => link.classList.contains("is-active"));
    all[now]?.classList.remove("is-active");
    const next = all[(now + step + all.length) % all.length];
    next.classList.add("is-active");
    next.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", next.id);
  }
  field?.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") { event.preventDefault(); mark(1); }
    if (event.key === "ArrowUp") { event.preventDefault(); mark(-1); }
    if (event.key === "Enter") {
      const active = $("#palette-results a.is-active", palette);
      // Without a chosen line the form goes to /find: an exact tag jumps, whatever is listed yet.
      if (active) { event.preventDefault(); location.assign(active.href); }
    }
  });

  // A scanner types faster than a person: five or more characters with short gaps, then Enter.
  const GAP = Number(document.body.dataset.scanGap || 50);
  let typed = "";
  let last = 0;
  let slash = 0;
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (palette) openPalette();
      return;
    }
    if (event.key === "Escape") {
      document.querySelectorAll("details.account-menu[open], details.drop[open]").forEach((menu) => {
        menu.open = false;
        $("summary", menu).focus();
      });
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typing(event.target) || document.querySelector("dialog[open]")) { typed = ""; return; }
    const gap = event.timeStamp - last;
    last = event.timeStamp;
    if (event.key === "Enter") {
      if (typed.length >= 5 && gap <= GAP) {
        event.preventDefault();
        location.assign(`/find?q=${encodeURIComponent(typed)}`);
      }
      typed = "";
      return;
    }
    if (event.key.length !== 1) return;
    typed = gap <= GAP ? typed + event.key : event.key;
    if (event.key === "/" && palette) {
      event.preventDefault();
      clearTimeout(slash);
      // A scanned address holds slashes too: wait whether more follows at once.
      slash = setTimeout(() => { if (typed === "/") openPalette(); typed = ""; }, GAP + 10);
    } else if (event.key === "?") {
      setTimeout(() => { if (typed === "?") $("#keys")?.showModal(); }, GAP + 10);
    }
  });

  // Check boxes: one for all, and how many are on.
  document.addEventListener("change", (event) => {
    const box = event.target;
    const form = box.closest?.("form");
    if (!form || box.type !== "checkbox") return;
    if (box.matches("[data-check-all]")) {
      form.querySelectorAll("tbody input[type=checkbox]").forEach((each) => { each.checked = box.checked; });
    }
    const count = $("[data-checked]", form);
    if (count) count.textContent = form.querySelectorAll("tbody input[type=checkbox]:checked").length;
  });

  // Fields that only some kinds of device have; a long list of places, narrowed by what is typed.
  const showFor = (kind) => kind.form.querySelectorAll("[data-for]").forEach((box) => {
    box.hidden = kind.value !== "" && !box.dataset.for.split(" ").includes(kind.value);
  });
  document.querySelectorAll("[data-decides]").forEach(showFor);
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-decides]")) showFor(event.target);
  });
  // Whoever fills in a field of a bulk change means to change it.
  document.addEventListener("input", (event) => {
    const tick = event.target.name === "tick" ? null : event.target.closest(".ticked")?.querySelector("[name=tick]");
    if (tick) tick.checked = true;
  });
  const narrowed = new WeakMap();
  document.addEventListener("input", (event) => {
    const list = document.getElementById(event.target.dataset?.narrows || "-");
    if (!list) return;
    if (!narrowed.has(list)) narrowed.set(list, [...list.options]);
    const words = event.target.value.toLowerCase().split(/\s+/);
    const fits = (option) => words.every((word) => option.text.toLowerCase().includes(word));
    const found = narrowed.get(list).filter(fits);
    list.replaceChildren(...narrowed.get(list).filter((option) => option.selected || fits(option)));
    if (found.length === 1) found[0].selected = true;
    list.size = words.join("") && found.length > 1 ? Math.min(8, list.length) : 1;
  });

  // Copy a text; the button says so for a moment. Browsers allow it over https alone.
  if (!navigator.clipboard) document.querySelectorAll("[data-copy]").forEach((button) => { button.hidden = true; });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button || !navigator.clipboard) return;
    navigator.clipboard.writeText(button.dataset.copy).then(() => {
      const name = button.getAttribute("aria-label");
      button.classList.add("is-copied");
      button.setAttribute("aria-label", button.dataset.copied);
      setTimeout(() => { button.classList.remove("is-copied"); button.setAttribute("aria-label", name); }, 1500);
    }, () => {});
  });

  // Files dropped on, or pasted into, the page of a form that takes files.
  const drop = $("form[data-drop]");
  const put = (files) => { if (files.length) { $("input[type=file]", drop).files = files; } };
  if (drop) {
    document.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("is-over"); });
    document.addEventListener("dragleave", () => drop.classList.remove("is-over"));
    document.addEventListener("drop", (event) => { event.preventDefault(); drop.classList.remove("is-over"); put(event.dataTransfer.files); });
    document.addEventListener("paste", (event) => { if (!typing(event.target)) put(event.clipboardData.files); });
  }

  // Scans that still wait for a connection do not outlive the session of who made them.
  document.addEventListener("submit", (event) => {
    if (event.target.getAttribute("action") !== "/sign-out") return;
    for (const kept of [localStorage, sessionStorage]) {
      Object.keys(kept).filter((key) => key.startsWith("homeroom-scan:")).forEach((key) => kept.removeItem(key));
    }
  });

  // The part of a set-up link behind # never reaches the server: it is put into the form's field.
  const secret = $("[data-from-hash]");
  if (secret && location.hash.length > 1) {
    secret.value = location.hash.slice(1);
    history.replaceState(null, "", location.pathname);
  }
})();
