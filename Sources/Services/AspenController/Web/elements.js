// Elements of the page. Text is always text, never markup.

import { moment, phases } from "./words.js";

/** Makes an element; what is null or false among the children is left out. */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    // Attributes such as `aria-label` and `data-label` are no properties.
    if (name.includes("-")) node.setAttribute(name, value);
    else node[name] = value;
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Writes only what differs, so that screen readers and layout stay quiet. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function setBadge(badge, phase) {
  setText(badge, phases[phase] ?? phase ?? "");
  if (badge.dataset.phase !== phase) badge.dataset.phase = phase ?? "";
}

export function badge(phase) {
  const node = element("span", { className: "badge" });
  setBadge(node, phase);
  return node;
}

/** A button that does something; what fails is said where `fail` says it. */
export function button(words, action, properties = {}) {
  const node = element("button", { type: "button", ...properties }, words);
  node.addEventListener("click", () => action(node));
  return node;
}

/** A time, as people write it; the exact one is its tooltip. */
export function time(text) {
  if (!text) return null;
  return element("time", { dateTime: text, title: text }, moment(text));
}

/** Labels as small tokens: `site=home`. */
export function labelTokens(labels) {
  const entries = Object.entries(labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, value]) =>
    element("span", { className: "label" }, value ? `${key}=${value}` : key));
}

/** A text with a button that copies it. */
export function copyable(text, words) {
  const input = element("input", { value: text, readOnly: true, "aria-label": words, spellcheck: false });
  input.addEventListener("focus", () => input.select());
  const copy = button("Copy", async () => {
    setText(copy, (await copyText(text, input)) ? "Copied" : "Press Ctrl+C");
    setTimeout(() => setText(copy, "Copy"), 2_000);
  });
  return element("div", { className: "copyable" }, input, copy);
}

async function copyText(text, input) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without HTTPS a browser has no clipboard for pages but this one.
    input.focus();
    input.select();
    return document.execCommand("copy");
  }
}

/**
 * A table whose rows are kept by key: an update touches only the cells that differ, so that focus and
 * half-done clicks survive it. `columns`: `{ words, cell(item, current) }`; `current()` is the newest item.
 */
export class Table {
  #body = element("tbody");
  #columns;
  #rows = new Map();
  #empty;

  constructor(columns, { caption, empty = "Nothing here yet." }) {
    this.#columns = columns;
    const heads = columns.map(({ words, isQuiet }) =>
      element("th", { scope: "col" }, isQuiet ? element("span", { className: "unseen" }, words) : words));
    this.#empty = element("p", { className: "hint", hidden: true }, empty);
    this.node = element(
      "div", { className: "table" },
      element(
        "table", {}, element("caption", { className: "unseen" }, caption),
        element("thead", {}, element("tr", {}, heads)), this.#body),
      this.#empty);
  }

  /** Shows `items`, each known by `key(item)`. */
  update(items, key = (item) => item.name) {
    const keys = new Set(items.map(key));
    for (const [known, row] of this.#rows) {
      if (keys.has(known)) continue;
      row.node.remove();
      this.#rows.delete(known);
    }
    items.forEach((item, index) => {
      const row = this.#row(key(item), item);
      if (this.#body.children[index] !== row.node) {
        this.#body.insertBefore(row.node, this.#body.children[index] ?? null);
      }
    });
    this.#empty.hidden = items.length > 0;
    this.node.firstChild.hidden = items.length === 0;
  }

  #row(key, item) {
    let row = this.#rows.get(key);
    if (!row) {
      row = { item, node: element("tr") };
      this.#rows.set(key, row);
    }
    row.item = item;
    this.#columns.forEach(({ words, cell }, index) => {
      const made = element(index ? "td" : "th", { "data-label": words }, cell(item, () => row.item));
      if (!index) made.scope = "row";
      const old = row.node.children[index];
      if (!old) row.node.append(made);
      else if (!old.isEqualNode(made)) old.replaceWith(made);
    });
    return row;
  }
}
