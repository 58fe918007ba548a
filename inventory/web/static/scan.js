// The scan station. What is typed is taken out of the field at once and put into a queue: a scanner
// does not wait for the network. Each scan has a key of its own, so that one that is sent again,
// after a lost answer or a reload, is done once. Without this file the form takes one scan a time.
(() => {
  const box = document.querySelector("[data-scan]");
  if (!box) return;
  const $ = (selector) => box.querySelector(selector);
  const words = box.dataset;
  const form = $("[data-scan-form]"), field = $("#scan-code"), list = $("[data-scan-lines]");
  const said = $("[data-scan-said]"), title = $("#scan-title");
  const token = form.elements.namedItem("csrf_token").value;
  const GAP = Number(document.body.dataset.scanGap || 50);
  const SHOWN = 200, RETRY = 2000, PATIENCE = 20000;

  // Kept: codes, their keys and what the station was set to, by numbers; for this account alone. A
  // badge is about a person: where badges are scanned, what waits ends with the tab.
  const PLACE = `homeroom-scan:${words.who}`;
  const store = words.badges ? sessionStorage : localStorage;
  for (const each of [localStorage, sessionStorage]) {
    Object.keys(each).filter((key) => key.startsWith("homeroom-scan:") && key !== PLACE).forEach((key) => each.removeItem(key));
  }
  let queue = [], sending = false, retry = 0, quiet = false, audio = null;
  let person = new URLSearchParams(words.query).get("person_id") || "";
  try { queue = JSON.parse(store.getItem(PLACE) || "[]"); } catch { queue = []; }
  document.querySelectorAll("form[action='/sign-out']").forEach((out) => out.addEventListener("submit", () => {
    queue = [];
    localStorage.removeItem(PLACE);
    sessionStorage.removeItem(PLACE);
  }));

  const keep = () => {
    store.setItem(PLACE, JSON.stringify(queue));
    $("[data-count=waiting]").textContent = queue.length;
  };
  const count = (name, step) => { const place = $(`[data-count=${name}]`); place.textContent = Number(place.textContent) + step; };
  const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
  const rows = new Map();

  function waiting(scan) {
    const row = document.createElement("li");
    row.className = "scan-line is-waiting";
    const code = document.createElement("strong");
    code.textContent = scan.code;
    row.append(code, ` ${words.waiting}`);
    list.prepend(row);
    rows.set(scan.key, row);
    if (list.children.length > SHOWN && !list.lastElementChild.classList.contains("is-waiting")) list.lastElementChild.remove();
  }

  function take(text) {
    if (!text.trim()) return;
    const scan = { key: newKey(), code: text.slice(0, 500), at: words.query };
    queue.push(scan);
    keep();
    waiting(scan);
    send();
  }

  function address(scan) {
    const at = new URLSearchParams(scan.at);
    if (at.get("badges") === "true" && person) at.set("person_id", person);
    return `/scan/one?${at}`;
  }

  async function asked(scan) {
    try {
      const answer = await fetch(address(scan), {
        method: "POST", body: new URLSearchParams({ codes: scan.code }), redirect: "manual",
        headers: { "X-CSRF-Token": token, "Idempotency-Key": scan.key, "HX-Request": "true" },
        signal: AbortSignal.timeout(PATIENCE),
      });
      const text = await answer.text();
      return { text, again: answer.status >= 500 || answer.status === 429 };
    } catch {
      return { text: "", again: true };
    }
  }

  async function send() {
    if (sending) return;
    sending = true;
    clearTimeout(retry);
    while (queue.length) {
      const scan = queue[0];
      const { text, again } = await asked(scan);
      const row = text.includes("data-scan-line=") ? fragment(text) : null;
      if (again || !row) {
        said.textContent = again ? words.offline : words.door;
        retry = setTimeout(send, RETRY);
        break;
      }
      queue.shift();
      keep();
      show(scan, row);
    }
    sending = false;
  }

  // Rendered and escaped by our own server; scripts in a parsed document do not run.
  function fragment(html) {
    return new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
  }

  function show(scan, row) {
    const outcome = row.dataset.scanLine;
    const present = rows.get(scan.key);
    if (present?.isConnected) present.replaceWith(row);
    else list.prepend(row);
    rows.delete(scan.key);
    if (outcome === "person") {
      person = row.dataset.person;
      title.textContent = row.dataset.name;
    }
    count(outcome === "refused" ? "bad" : "good", 1);
    said.textContent = `${row.querySelector("strong").textContent} ${row.querySelector(".scan-said").textContent}`;
    said.className = `scan-now ${outcome === "refused" ? "tone-danger" : "tone-success"}`;
    tone(outcome);
  }

  // High for done, low and twice for refused, in between for a person.
  function tone(outcome) {
    if (quiet || !window.AudioContext) return;
    audio ||= new AudioContext();
    const bad = outcome === "refused";
    for (const start of bad ? [0, 0.18] : [0]) {
      const wave = audio.createOscillator(), level = audio.createGain();
      wave.type = bad ? "square" : "sine";
      wave.frequency.value = bad ? 196 : outcome === "person" ? 660 : 988;
      level.gain.value = 0.12;
      wave.connect(level).connect(audio.destination);
      wave.start(audio.currentTime + start);
      wave.stop(audio.currentTime + start + (bad ? 0.14 : 0.08));
    }
  }

  // The field: Enter, Tab, CR and LF end a scan; Tab by hand, with an empty field, moves on.
  let last = 0;
  field.addEventListener("keydown", (event) => {
    const quick = event.timeStamp - last <= GAP;
    last = event.timeStamp;
    const control = event.ctrlKey && ["j", "m"].includes(event.key.toLowerCase());
    const ends = event.key === "Enter" || control || (event.key === "Tab" && quick && !event.shiftKey);
    if (!ends || !field.value || event.isComposing) return;
    event.preventDefault();
    take(field.value);
    field.value = "";
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    take(field.value);
    field.value = "";
    field.focus();
  });
  field.addEventListener("paste", (event) => {
    const lines = event.clipboardData.getData("text").split(/[\r\n]+/).filter((line) => line.trim());
    if (lines.length < 2) return;
    event.preventDefault();
    lines.forEach(take);
  });
  // Wherever the focus is, what is scanned comes here: before the page's own keys are asked.
  window.addEventListener("keydown", (event) => {
    if (event.key.length !== 1 || event.key === " " || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select, dialog") || document.querySelector("dialog[open]")) return;
    event.stopPropagation();
    field.focus();
  }, true);

  list.addEventListener("submit", async (event) => {
    event.preventDefault();
    const undone = event.target, row = undone.closest("li"), button = undone.querySelector("button");
    button.disabled = true;
    try {
      const answer = await fetch(undone.action, {
        method: "POST", body: new URLSearchParams(new FormData(undone)),
        headers: { "X-CSRF-Token": token, "HX-Request": "true" },
      });
      const told = fragment(await answer.text());
      if (!told?.matches("[data-undone]")) throw new Error(`not undone: ${answer.status}`);
      said.textContent = `${row.querySelector("strong").textContent} ${told.textContent}`;
      row.querySelector(".scan-said").replaceWith(told);
      undone.remove();
      if (told.dataset.undone === "yes") { row.className = "scan-line tone-secondary"; count("good", -1); }
    } catch {
      button.disabled = false;
      said.textContent = words.offline;
    }
    field.focus();
  });
  $("[data-scan-undo]").addEventListener("click", () => { list.querySelector("[data-undo] button:enabled")?.click(); field.focus(); });
  $("[data-scan-sound]").addEventListener("click", (event) => {
    quiet = !quiet;
    event.currentTarget.setAttribute("aria-pressed", String(!quiet));
  });

  // The camera: its reader is fetched when it is asked for, and not before.
  const video = $("[data-scan-video]"), button = $("[data-scan-camera]");
  let stream = null, reader = null;
  const loaded = (source) => new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = done;
    script.onerror = () => failed(new Error("no reader"));
    document.head.append(script);
  });
  async function readerOf() {
    await loaded(words.reader);
    await window.ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => words.wasm }, fireImmediately: true });
    return window.ZXingWASM.readBarcodes;
  }
  function stop() {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    video.hidden = true;
    button.setAttribute("aria-pressed", "false");
  }
  async function watch(read) {
    const canvas = document.createElement("canvas");
    const paint = canvas.getContext("2d", { willReadFrequently: true });
    let seen = "", at = 0;
    while (stream) {
      if (video.videoWidth) {
        const scale = Math.min(1, 1280 / video.videoWidth);
        canvas.width = video.videoWidth * scale;
        canvas.height = video.videoHeight * scale;
        paint.drawImage(video, 0, 0, canvas.width, canvas.height);
        const found = await read(paint.getImageData(0, 0, canvas.width, canvas.height), { formats: ["QRCode", "Code128"], maxNumberOfSymbols: 1 });
        const text = found.find((each) => each.isValid)?.text || "";
        // One code is one scan for as long as it is held before the camera.
        if (text && (text !== seen || performance.now() - at > 2500)) take(text);
        if (text) { seen = text; at = performance.now(); }
      }
      await new Promise((done) => setTimeout(done, 120));
    }
  }
  button.addEventListener("click", async () => {
    if (stream) { stop(); return; }
    if (!window.isSecureContext || !navigator.mediaDevices) { said.textContent = words.noHttps; return; }
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
    } catch (refused) {
      said.textContent = refused.name === "NotAllowedError" ? words.noPermission : words.noCamera;
      return;
    }
    try {
      reader ||= await readerOf();
    } catch {
      stop();
      said.textContent = words.noReader;
      return;
    }
    button.setAttribute("aria-pressed", "true");
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    watch(reader);
  });

  queue.forEach(waiting);
  keep();
  send();
  window.addEventListener("online", send);
  field.focus();
})();
