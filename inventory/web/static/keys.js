// Security keys: ask the browser for one, put its answer into the form, and send the form.
// Without this file the form still takes a code.
(() => {
  const boxes = document.querySelectorAll("[data-key]");
  if (!window.PublicKeyCredential || !navigator.credentials) {
    boxes.forEach((box) => {
      box.querySelector("button").hidden = true;
      const status = box.querySelector("[data-key-status]");
      status.textContent = status.dataset.unable;
    });
    return;
  }

  // Bytes travel as base64url; not every browser that knows keys turns them by itself.
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

  const asked = (options) => ({ ...options, challenge: bytes(options.challenge), allowCredentials: named(options.allowCredentials) });
  const wanted = (options) => ({
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: named(options.excludeCredentials),
  });

  function told(credential) {
    const given = credential.response;
    const response = { clientDataJSON: text(given.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (given[name]) response[name] = text(given[name]);
    }
    if (given.getTransports) response.transports = given.getTransports();
    return {
      id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
      clientExtensionResults: {},
    };
  }

  async function question(button, form) {
    const token = form.elements.namedItem("csrf_token");
    const headers = token ? { "X-CSRF-Token": token.value } : {};
    const answer = await fetch(button.dataset.keyQuestion, { method: "POST", headers });
    if (!answer.ok || answer.redirected) throw new Error(`the question was not given: ${answer.status}`);
    return answer.json();
  }

  async function use(button) {
    const make = button.dataset.keyMake;
    if (make) return navigator.credentials.create({ publicKey: wanted(JSON.parse(make)) });
    return navigator.credentials.get({ publicKey: asked(await question(button, button.form)) });
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-key-question], [data-key-make]");
    // What else the form needs, such as the password, must be there before the key is asked.
    if (!button || !button.form.reportValidity()) return;
    const status = button.closest("[data-key]").querySelector("[data-key-status]");
    button.disabled = true;
    status.textContent = status.dataset.waiting;
    try {
      button.form.elements.namedItem("key").value = JSON.stringify(told(await use(button)));
      button.form.submit();
    } catch (problem) {
      status.textContent = problem.name === "SecurityError" ? status.dataset.elsewhere : status.dataset.failed;
      button.disabled = false;
      button.focus();
    }
  });
})();
