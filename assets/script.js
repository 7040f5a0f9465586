"use strict";
// Adds what forms can't do; nothing depends on it. A file that is asked about stays in the browser: only its SHA-256 is sent.

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

// Search: `/` goes to the field, as readers of long lists expect.
document.addEventListener("keydown", (event) => {
  const field = document.querySelector("input[name=words]");
  const typing = event.target.closest("input, textarea, select");
  if (event.key === "/" && field && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    field.focus();
  }
});
