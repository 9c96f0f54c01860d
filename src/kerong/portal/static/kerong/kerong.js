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
    const field = document.querySelector(`[aria-describedby="${note.id}"]`);
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

// When the service does not answer, the figures on the page belong to an earlier question: say so and dim them.
const forsaken = (event) => {
  const target = event.detail.target || event.detail.elt;
  if (target) target.classList.add("stale");
  document.getElementById("no-answer")?.removeAttribute("hidden");
};
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) document.addEventListener(name, forsaken);
document.addEventListener("htmx:afterSwap", () => {
  for (const element of document.querySelectorAll(".stale")) element.classList.remove("stale");
  document.getElementById("no-answer")?.setAttribute("hidden", "");
});
