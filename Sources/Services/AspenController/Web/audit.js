// Who did what, when and from where.

import { auditEntryList } from "./api.js";
import { differenceList, differences } from "./difference.js";
import { badge, button, element, time } from "./elements.js";
import { formField, onSubmit, valueOf } from "./forms.js";
import { kinds } from "./words.js";

const pageLimit = 50;
const names = ["actor", "kind", "name", "operation", "since", "until"];

const fields = [
  { name: "actor", field: "/actor", words: "Who", maxLength: 256 },
  { name: "kind", field: "/kind", words: "Kind", type: "choice", options: [["", "any"], ...Object.entries(kinds)] },
  { name: "name", field: "/name", words: "Name", maxLength: 256 },
  { name: "operation", field: "/operation", words: "Operation", maxLength: 64, placeholder: "camera_update" },
  { name: "since", field: "/since", words: "Since", type: "date" },
  { name: "until", field: "/until", words: "Until", type: "date" },
];

export class AuditView {
  #section;
  #form;
  #body = element("tbody");
  #empty = element("p", { className: "hint", hidden: true }, "No entry matches.");
  #more = button("Show older", () => this.#load().catch((error) => this.#say(error)));
  #problem;
  #cursor = null;
  #loads = 0;

  constructor(section) {
    this.#section = section;
    this.#problem = element("p", { className: "problem", role: "alert", hidden: true });
    this.#form = element(
      "form", { className: "panel filters", role: "search", "aria-label": "Filter the audit" },
      fields.map(formField), element("button", { className: "primary" }, "Show"), this.#problem);
    onSubmit(this.#form, () => this.#load(true));
  }

  show() {
    const heads = ["When", "Who", "From", "Operation", "What", "Change"];
    this.#section.replaceChildren(
      element("div", { className: "heading" }, element("h2", { tabIndex: -1 }, "Audit")),
      this.#form,
      element(
        "section", { className: "panel" },
        element(
          "div", { className: "table" },
          element(
            "table", {}, element("caption", { className: "unseen" }, "Audit entries, newest first"),
            element("thead", {}, element("tr", {}, heads.map((words) => element("th", { scope: "col" }, words)))),
            this.#body)),
        this.#empty, this.#more));
    this.#load(true).catch((error) => this.#say(error));
  }

  hide() {
    this.#loads += 1;
    this.#section.replaceChildren();
  }

  #say(error) {
    this.#problem.textContent = error.message;
    this.#problem.hidden = false;
  }

  async #load(isFresh = false) {
    const load = (this.#loads += 1);
    const query = Object.fromEntries(names.map((name) => [name, valueOf(this.#form, name)]));
    for (const name of ["since", "until"]) {
      if (query[name]) query[name] = new Date(query[name]).toISOString();
    }
    const page = await auditEntryList({ ...query, limit: pageLimit, cursor: isFresh ? null : this.#cursor });
    if (load !== this.#loads) return;
    const rows = page.items.map(rowOf);
    if (isFresh) this.#body.replaceChildren(...rows);
    else this.#body.append(...rows);
    this.#cursor = page.next_cursor ?? null;
    this.#more.hidden = !this.#cursor;
    this.#empty.hidden = this.#body.children.length > 0;
  }
}

function rowOf(entry) {
  const { actor, object } = entry;
  const cells = [
    ["When", time(entry.at)],
    ["Who", [actor.name, " ", element("small", {}, actor.kind)]],
    ["From", entry.address ?? ""],
    ["Operation", [entry.operation, " ", entry.outcome && entry.outcome !== "done" ? badge(entry.outcome) : null]],
    ["What", object?.name ? [object.name, " ", element("small", {}, kinds[object.kind] ?? object.kind)] : ""],
    ["Change", changeOf(entry)],
  ];
  const row = element("tr", { title: entry.request_id ? `Request ${entry.request_id}` : "" });
  row.append(...cells.map(([words, content]) => element("td", { "data-label": words }, content)));
  return row;
}

/** The difference that it made, folded until it is asked for. */
function changeOf(entry) {
  const { before, after, message } = entry;
  const changes = before || after ? differences(before, after) : [];
  if (!changes.length) return message ?? "";
  const words = !before ? "created" : !after ? "deleted" : changes.map(({ field }) => field).join(", ");
  const list = element("details", {}, element("summary", {}, words), differenceList(changes));
  return message ? [message, list] : list;
}
