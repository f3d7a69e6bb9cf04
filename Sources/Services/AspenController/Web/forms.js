// Forms: fields made from their descriptions, and what is wrong said beside the field.

import { element } from "./elements.js";

let ids = 0;

/** What a form itself finds wrong, told as the API tells it. */
export class FormError extends Error {
  constructor(field, reason) {
    super(reason);
    this.fields = [{ field, reason }];
  }
}

/** Runs `work` when the form is sent; what fails is said in the form. */
export function onSubmit(form, work) {
  form.noValidate = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button:not([type=button])");
    if (button.disabled) return;
    button.disabled = true;
    showProblem(form, null);
    try {
      await work(form);
    } catch (error) {
      showProblem(form, error);
    } finally {
      button.disabled = false;
    }
  });
}

/** Says what is wrong: beside the fields, and above the buttons what belongs to none. */
export function showProblem(form, error) {
  for (const note of form.querySelectorAll(".wrong")) note.remove();
  for (const input of form.querySelectorAll("[aria-invalid]")) {
    input.removeAttribute("aria-invalid");
    input.setAttribute("aria-describedby", input.dataset.described ?? "");
  }
  const problem = form.querySelector(".problem");
  problem.hidden = true;
  if (!error) return;
  const rest = (error.fields ?? []).filter(({ field, reason }) => {
    const input = inputFor(form, field);
    if (input) mark(input, `${below(input, field)}${reason}`);
    return !input;
  });
  const hasMarks = form.querySelector("[aria-invalid]") !== null;
  const lines = rest.map(({ field, reason }) => `${field} ${reason}`);
  if (!hasMarks && !lines.length) lines.push(error.message);
  problem.textContent = lines.join("\n");
  problem.hidden = !lines.length;
  form.querySelector("[aria-invalid]")?.focus();
}

/** The input of a field: that of its path, or of what contains it, or of its last name. */
function inputFor(form, field) {
  const path = field.startsWith("/") ? field : `/${field}`;
  const inputs = [...form.elements].filter((input) => input.dataset.field);
  const isAbove = (input) => path === input.dataset.field || path.startsWith(`${input.dataset.field}/`);
  const found = inputs.filter(isAbove).sort((a, b) => b.dataset.field.length - a.dataset.field.length)[0];
  const named = form.elements.namedItem(path.split("/").at(-1));
  return found ?? (named instanceof Element ? named : null);
}

function below(input, field) {
  const own = input.dataset.field;
  return own && field.length > own.length ? `${field.slice(own.length + 1)} ` : "";
}

function mark(input, words) {
  const id = `wrong_${(ids += 1)}`;
  input.dataset.described ??= input.getAttribute("aria-describedby") ?? "";
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", `${input.dataset.described} ${id}`.trim());
  input.closest("label").append(element("small", { className: "wrong", id }, words));
}

/**
 * A field of its description: `name` in the form; `field`, the path in the resource that problems name;
 * `words`; `type`: `text`, `password`, `pairs`, `choice`, `flag`, `number` or `date`; `hint`, `options`
 * ([value, words]) or names to propose.
 */
export function formField(description) {
  const { name, field, words, type = "text", hint, options, proposals, ...rest } = description;
  const id = `field_${(ids += 1)}`;
  const input = inputOf(type, options, rest);
  input.name = name;
  if (field) input.dataset.field = field;
  const parts = [input];
  if (hint) {
    parts.push(element("small", { id: `${id}_hint` }, hint));
    input.setAttribute("aria-describedby", `${id}_hint`);
  }
  if (proposals) {
    parts.push(element("datalist", { id }, proposals.map((value) => element("option", { value }))));
    input.setAttribute("list", id);
  }
  return type === "flag"
    ? element("label", { className: "flag" }, input, words, parts.slice(1))
    : element("label", {}, words, parts);
}

function inputOf(type, options, rest) {
  const plain = { autocomplete: "off", autocapitalize: "none", spellcheck: false, ...rest };
  switch (type) {
    case "choice":
      return element("select", rest, options.map(([value, words]) => element("option", { value }, words)));
    case "flag": return element("input", { type: "checkbox", ...rest });
    case "pairs": return element("textarea", { rows: 2, placeholder: "key=value", ...plain });
    case "date": return element("input", { type: "datetime-local", ...rest });
    case "password": return element("input", { type, autocomplete: "new-password", ...rest });
    default: return element("input", { type, ...plain });
  }
}

/** The text of a field, without spaces around it; a password keeps its own. */
export function valueOf(form, name) {
  const input = form.elements.namedItem(name);
  if (!input) return "";
  return input.type === "password" ? input.value : input.value.trim();
}

export function isChecked(form, name) {
  return form.elements.namedItem(name).checked;
}

export function fill(form, name, value) {
  const input = form.elements.namedItem(name);
  if (!input) return;
  if (input.type === "checkbox") input.checked = Boolean(value);
  else input.value = value ?? "";
}

/** `key=value` lines as an object. */
export function pairsOf(form, name, field) {
  // A label may be called as something that every object has.
  const pairs = Object.create(null);
  for (const line of valueOf(form, name).split("\n").map((text) => text.trim()).filter(Boolean)) {
    const at = line.indexOf("=");
    if (at < 1) throw new FormError(field, `needs lines of key=value; this is none: ${line}`);
    pairs[line.slice(0, at).trim()] = line.slice(at + 1).trim();
  }
  return pairs;
}

export function pairsText(pairs) {
  return Object.entries(pairs ?? {}).map((pair) => pair.join("=")).join("\n");
}

/** A copy of `spec` with a text; an empty one is left out. */
export function withText(spec, name, text) {
  const { [name]: _, ...rest } = spec;
  return text ? { ...rest, [name]: text } : rest;
}
