"use strict";
// Adds what forms can't do; nothing but security keys depends on it. A file that is asked about stays in the browser: only its SHA-256 is sent.

const drop = document.querySelector("[data-digest]");
if (drop) {
  const input = drop.querySelector("input[type=file]");
  const status = drop.querySelector("[role=status]");
  const ask = async (file) => {
    if (!file) return;
    status.textContent = `${file.name}…`;
    try {
      const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
      const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
      location.assign(`/inspect?q=${hex}`);
    } catch {
      status.textContent = drop.dataset.failed;
    }
  };
  drop.hidden = false;
  input.addEventListener("change", () => ask(input.files[0]));
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
  }
  for (const name of ["dragleave", "drop"]) {
    drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.remove("over"); });
  }
  drop.addEventListener("drop", (event) => ask(event.dataTransfer.files[0]));
}

const receipt = document.querySelector("[data-receipt]");
if (receipt) {
  const input = receipt.querySelector("input[type=file]");
  input.closest("p").hidden = false;
  input.addEventListener("change", async () => {
    const file = input.files[0];
    if (file && file.size <= 1048576) receipt.querySelector("textarea").value = await file.text();
  });
}

// A pass stands behind the `#` of a link: it is shown to the archive, and leaves the address.
const pass = document.querySelector("form[data-pass]");
if (pass) {
  const show = () => {
    if (location.hash.length < 2) return;
    pass.elements.pass.value = location.hash.slice(1);
    history.replaceState(null, "", location.pathname);
    pass.requestSubmit();
  };
  show();
  // The link may be opened where this page is open already.
  addEventListener("hashchange", show);
}

// Search: `/` goes to the field, as readers of long lists expect.
document.addEventListener("keydown", (event) => {
  const field = document.querySelector("input[name=words]");
  const typing = event.target.closest("input, textarea, select");
  if (event.key === "/" && field && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    field.focus();
  }
});

// Uploads in pieces (tus 1.0): a line that breaks is gone on with, also after the page was opened again.
const PIECE = 8 * 1024 * 1024, TRIES = 6;
const handing = document.querySelector("form[data-tus]");
if (handing) {
  const { tus, token, doing, done, failed } = handing.dataset;
  const status = handing.querySelector("[role=status]"), inputs = [...handing.querySelectorAll("input[type=file]")];
  const headers = { "tus-resumable": "1.0.0", "x-form-token": token };
  const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
  const pause = (tried) => new Promise((go) => setTimeout(go, 500 * 2 ** tried));
  const line = (name) => {
    const row = document.createElement("div"), bar = document.createElement("progress");
    const [what, state] = [document.createElement("span"), document.createElement("span")];
    what.textContent = name;
    state.textContent = doing;
    bar.setAttribute("aria-label", name);
    row.append(what, state, bar);
    status.append(row);
    return { bar, state };
  };
  // Why the archive refuses, by the code of its problem; what passes by itself is tried again.
  const refusal = async (answer) => {
    const { code } = await answer.json().catch(() => ({}));
    return Object.assign(new Error(), { code, final: answer.status < 500 && ![408, 409, 429].includes(answer.status) });
  };
  const reason = ({ code = "" }) => handing.dataset[`failed-${code}`.replace(/-(.)/g, (_, letter) => letter.toUpperCase())] ?? failed;
  const begin = async (file, path) => {
    const metadata = { "upload-length": String(file.size), "upload-metadata": `filename ${base64(path)}` };
    const answer = await fetch(tus, { method: "POST", headers: { ...headers, ...metadata } });
    if (answer.status !== 201) throw await refusal(answer);
    return answer.headers.get("location");
  };
  const offsetOf = async (place) => {
    const answer = await fetch(place, { method: "HEAD", headers });
    if (answer.ok) return Number(answer.headers.get("upload-offset"));
    if (answer.status >= 500 || answer.status === 429) throw new Error();
    return null;
  };
  const send = async (file, path, { bar, state }) => {
    const key = `${tus} ${path} ${file.size} ${file.lastModified}`;
    bar.max = file.size || 1;
    let why = {};
    for (let tried = 0; tried < TRIES; tried++) {
      try {
        let place = localStorage.getItem(key), offset = place && await offsetOf(place);
        if (offset === null) {
          place = await begin(file, path);
          offset = 0;
          localStorage.setItem(key, place);
        }
        while (offset < file.size) {
          bar.value = offset;
          const body = file.slice(offset, offset + PIECE);
          const kind = { "content-type": "application/offset+octet-stream", "upload-offset": String(offset) };
          const answer = await fetch(place, { method: "PATCH", headers: { ...headers, ...kind }, body });
          if (answer.status !== 204) throw await refusal(answer);
          offset = Number(answer.headers.get("upload-offset"));
          tried = 0;
        }
        bar.value = bar.max;
        state.textContent = done;
        localStorage.removeItem(key);
        return true;
      } catch (error) {
        why = error;
        if (error.final) break;
        await pause(tried);
      }
    }
    bar.remove();
    state.textContent = reason(why);
    state.className = "wrong";
    return false;
  };
  const hand = async (files) => {
    if (!files.length) return;
    handing.querySelector("button").disabled = true;
    status.textContent = "";
    let all = true;
    for (const [file, path] of files) all = await send(file, path, line(path)) && all;
    handing.querySelector("button").disabled = false;
    if (all) location.reload();
  };
  const walk = async (entry, before) => {
    if (entry.isFile) return [[await new Promise((take, refuse) => entry.file(take, refuse)), before + entry.name]];
    const reader = entry.createReader(), found = [];
    for (;;) {
      const some = await new Promise((take, refuse) => reader.readEntries(take, refuse));
      if (!some.length) return found;
      for (const one of some) found.push(...await walk(one, `${before}${entry.name}/`));
    }
  };
  const chosen = (list) => Array.from(list, (file) => [file, file.webkitRelativePath || file.name]);
  handing.addEventListener("submit", (event) => { event.preventDefault(); hand(inputs.flatMap(({ files }) => chosen(files))); });
  for (const name of ["dragenter", "dragover"]) {
    handing.addEventListener(name, (event) => { event.preventDefault(); handing.classList.add("over"); });
  }
  handing.addEventListener("dragleave", () => handing.classList.remove("over"));
  handing.addEventListener("drop", async (event) => {
    event.preventDefault();
    handing.classList.remove("over");
    const entries = Array.from(event.dataTransfer.items, (item) => item.webkitGetAsEntry()).filter(Boolean);
    const found = [];
    for (const entry of entries) found.push(...await walk(entry, ""));
    hand(found);
  });
}

// What takes its time is followed, and the page opened again when it is over.
const followed = document.querySelector("[data-follow]");
if (followed) {
  const events = new EventSource(followed.dataset.follow);
  events.addEventListener("progress", ({ data }) => {
    const { done, of } = JSON.parse(data);
    if (!of) return;
    Object.assign(followed.querySelector("progress"), { max: of, value: done });
    followed.querySelector("[data-count]").textContent = `${done}/${of}`;
  });
  events.addEventListener("end", () => { events.close(); location.reload(); });
}

// Security keys: browsers reach them through a script alone. Bytes go as base64url both ways, as the API has them.
const keyed = document.querySelector("form[data-key]");
if (keyed && window.PublicKeyCredential) {
  const { key: place, token } = keyed.dataset, status = keyed.querySelector("[role=status]");
  const registers = !keyed.action.includes("/sign-in"), button = keyed.querySelector(registers ? "button" : "button[type=button]");
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  const named = (keys) => keys.map((key) => ({ ...key, id: bytes(key.id) }));
  const send = async (path, body) => {
    const headers = { "content-type": "application/json", ...(token && { "x-form-token": token }) };
    const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
    const said = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(), { code: said.code });
    return said;
  };
  const say = (words, look = "soft") => Object.assign(status, { textContent: words, className: look });
  const register = async () => {
    const asked = await send(`${place}/challenge`, {});
    const publicKey = { ...asked, challenge: bytes(asked.challenge), user: { ...asked.user, id: bytes(asked.user.id) }, excludeCredentials: named(asked.excludeCredentials) };
    say(keyed.dataset.touch);
    const { response } = await navigator.credentials.create({ publicKey });
    const brought = { clientDataJSON: text(response.clientDataJSON), attestationObject: text(response.attestationObject), transports: response.getTransports?.() ?? [] };
    await send(place, { label: keyed.elements.label.value, credential: { response: brought } });
    location.reload();
  };
  const use = async () => {
    const given = { name: keyed.elements.name?.value, password: keyed.elements.password?.value };
    const asked = await send(`${place}/challenge`, given);
    const publicKey = { ...asked, challenge: bytes(asked.challenge), allowCredentials: named(asked.allowCredentials) };
    say(keyed.dataset.touch);
    const { rawId, response } = await navigator.credentials.get({ publicKey });
    const { clientDataJSON, authenticatorData, signature, userHandle } = response;
    const said = { clientDataJSON: text(clientDataJSON), authenticatorData: text(authenticatorData), signature: text(signature) };
    await send(`${place}/key`, { id: text(rawId), response: { ...said, ...(userHandle && { userHandle: text(userHandle) }) } });
    location.assign(keyed.elements.next.value || "/");
  };
  const codes = { NotAllowedError: "cancelled", AbortError: "cancelled", InvalidStateError: "conflict", "sign-in-again": "again" };
  const go = async () => {
    if (![...keyed.elements].every((field) => field.reportValidity())) return;
    button.disabled = true;
    say("");
    try {
      await (registers ? register() : use());
    } catch (error) {
      const code = codes[error.code] ?? codes[error.name] ?? error.code ?? "failed";
      if (code === "again") return location.reload();
      const words = keyed.dataset[code.replace(/-(.)/g, (_, letter) => letter.toUpperCase())];
      say(words ?? keyed.dataset.failed, "notice bad");
      button.disabled = false;
    }
  };
  keyed.querySelector("[data-without]")?.remove();
  button.hidden = button.disabled = false;
  if (registers) keyed.addEventListener("submit", (event) => { event.preventDefault(); go(); });
  else button.addEventListener("click", go);
}

// On a narrow screen the menu is one line that is pushed aside: it begins at the page that is shown.
for (const menu of document.querySelectorAll(".bar nav, .tabs")) {
  const current = menu.querySelector("[aria-current]");
  if (current) menu.scrollLeft += current.getBoundingClientRect().left - menu.getBoundingClientRect().left - 24;
}
