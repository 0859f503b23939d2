// Keeps the pane fresh, sends on Enter, quotes a message, and carries an attached file along.
"use strict";

const pane = document.getElementById("pane");
const composer = document.getElementById("composer");
const text = composer.querySelector("textarea");
const file = composer.querySelector("input[type=file]");
const quoting = document.getElementById("quoting");
let shown = pane.innerHTML;

const toEnd = () => { pane.scrollTop = pane.scrollHeight; };

async function refresh() {
  const reply = await fetch("/pane" + location.search);
  const fresh = await reply.text();
  if (reply.ok && fresh.trim() !== shown.trim() && !pane.querySelector("details[open]")) {
    const atEnd = pane.scrollHeight - pane.scrollTop - pane.clientHeight < 80;
    pane.innerHTML = fresh;
    shown = fresh;
    if (atEnd) toEnd();
  }
}

setInterval(() => refresh().catch(() => {}), 500);
document.querySelector("header select").addEventListener("change", (event) => event.target.form.submit());
document.addEventListener("submit", (event) => {
  for (const button of event.target.querySelectorAll("button")) button.disabled = true;
});
pane.addEventListener("click", (event) => {
  const name = event.target.dataset.quote;
  if (!name) return;
  composer.elements.quotes.value = name;
  quoting.textContent = "引用: " + event.target.dataset.text;
  quoting.hidden = false;
  text.focus();
});
text.addEventListener("input", () => {
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight}px`;
});
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    composer.requestSubmit();
  }
});
file.addEventListener("change", () => {
  const chosen = file.files[0];
  if (!chosen) return;
  const reader = new FileReader();
  reader.onload = () => {
    composer.elements.file_name.value = chosen.name;
    composer.elements.file_data.value = reader.result;
    file.parentElement.classList.add("full");
  };
  reader.readAsDataURL(chosen);
});
toEnd();
