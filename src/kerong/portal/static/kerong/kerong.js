// Small comforts on top of pages that work without them: shorter addresses, a slider tied to its number, printing.
"use strict";

// A form marked data-only-changed sends only the fields that differ from the firm's own values.
document.addEventListener("htmx:configRequest", (event) => {
  const form = event.detail.elt.closest("form[data-only-changed]");
  if (!form) return;
  for (const field of form.querySelectorAll("[data-original]")) {
    if (field.value.trim() === field.dataset.original) event.detail.parameters.delete(field.name);
  }
});

// A form marked data-tidy leaves empty fields out of the address.
document.addEventListener("formdata", (event) => {
  if (!event.target.matches("form[data-tidy]")) return;
  for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
});

// After an answer, fields follow their notes: an error marks its field, a corrected one is cleared.
const markErrors = () => {
  for (const note of document.querySelectorAll(".field-note")) {
    const field = document.querySelector(`[aria-describedby~="${note.id}"]`);
    if (!field) continue;
    if (note.querySelector(".error")) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
};
document.addEventListener("htmx:afterSettle", markErrors);

// The slider and the number are one value; the number is what is sent.
document.addEventListener("input", (event) => {
  const slider = event.target.closest("input[type=range][data-number]");
  const number = event.target.closest("[data-slider]");
  if (slider) {
    const field = document.getElementById(slider.dataset.number);
    field.value = slider.value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  } else if (number && number.value.trim() !== "" && !Number.isNaN(Number(number.value))) {
    const twin = document.getElementById(number.dataset.slider);
    if (twin) twin.value = number.value;
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// A link to a group opens it; an answer keeps open and closed what the reader opened and closed; paper shows all.
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#group-"]');
  const fold = link && document.querySelector(link.getAttribute("href"))?.closest("details");
  if (fold) fold.open = true;
});
const folds = new Map();
document.addEventListener("click", (event) => {
  const fold = event.target.closest("summary")?.parentElement;
  if (fold?.id) folds.set(fold.id, !fold.open);
});
document.addEventListener("htmx:afterSwap", () => {
  for (const [id, open] of folds) document.getElementById(id)?.toggleAttribute("open", open);
});
addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll(".group-fold:not([open])")) {
    fold.dataset.forPaper = "";
    fold.open = true;
  }
});
addEventListener("afterprint", () => {
  for (const fold of document.querySelectorAll("[data-for-paper]")) {
    delete fold.dataset.forPaper;
    fold.open = false;
  }
});

// When the service does not answer, the figures on the page belong to an earlier question: say so, beside the
// form too, dim them, and ask once more by itself after three seconds.
const PATIENCE = 3000;
let again = 0;
let isAskingAgain = false;
let hasAskedAgain = false;
const forsaken = (event) => {
  const { elt, target, requestConfig } = event.detail;
  (target || elt)?.classList.add("stale");
  const notice = document.getElementById("no-answer");
  notice?.removeAttribute("hidden");
  const state = document.getElementById("form-state");
  if (state && notice) {
    const line = document.createElement("span");
    line.className = "line error";
    line.textContent = notice.textContent;
    state.replaceChildren(line);
  }
  if (hasAskedAgain || requestConfig?.verb !== "get" || !elt.isConnected) return;
  const happening = requestConfig.triggeringEvent?.type;
  again = setTimeout(() => {
    if (!elt.isConnected) return;
    isAskingAgain = true;
    htmx.trigger(elt, elt.matches("form") ? "submit" : happening || "change");
    isAskingAgain = false;
  }, PATIENCE);
};
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) document.addEventListener(name, forsaken);
// Whoever asks in the meantime is not interrupted.
document.addEventListener("htmx:beforeRequest", () => {
  clearTimeout(again);
  hasAskedAgain = isAskingAgain;
});
document.addEventListener("htmx:afterSwap", () => {
  for (const element of document.querySelectorAll(".stale")) element.classList.remove("stale");
  document.getElementById("no-answer")?.setAttribute("hidden", "");
});
