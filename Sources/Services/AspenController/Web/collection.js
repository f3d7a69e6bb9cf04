// All things of one kind as a table, with forms that make and change them.

import { create, listAll } from "./api.js";
import { changeWith, deleteDialog, openDialog, showSecret } from "./dialogs.js";
import { mergePatch } from "./difference.js";
import { button, element, Table } from "./elements.js";
import { formField, valueOf } from "./forms.js";
import { kinds, sentence } from "./words.js";

/**
 * A section of the page. `traits`: `kind`, `title`, `about`, `empty`, `columns`, `deletion` (what goes
 * with it), `fields(resource | null)`, `specOf(form, spec)`, `hasLabels`, `labelsOf(form)`,
 * `created(resource, form)` and `mayChange()`.
 */
export class Collection {
  #traits;
  #table;
  #problem = element("p", { className: "problem", role: "alert", hidden: true });
  #add;
  #changed;
  #visits = 0;

  /** `changed()` is called when something of it was made, changed or deleted; it refreshes. */
  constructor(traits, changed = () => this.refresh()) {
    this.#traits = traits;
    this.#changed = changed;
    this.#table = new Table(
      [
        ...traits.columns,
        { words: "Actions", isQuiet: true, cell: (item, current) => this.#actionsOf(item, current) },
      ],
      { caption: traits.title, empty: traits.empty });
    this.#add = button(`Add ${kinds[traits.kind]}`, () => this.#create());
    this.node = element(
      "section", { className: "panel" },
      element("div", { className: "heading" }, element("h3", {}, traits.title), this.#add),
      traits.about ? element("p", { className: "hint" }, traits.about) : null,
      this.#problem, this.#table.node);
  }

  /** Reads the list. */
  async refresh() {
    const visit = (this.#visits += 1);
    this.#add.hidden = !this.#traits.mayChange();
    try {
      const { items } = await listAll(this.#traits.kind);
      if (visit !== this.#visits) return;
      this.#table.update(items);
      this.#say(null);
    } catch (error) {
      if (visit === this.#visits) this.#say(error);
    }
  }

  #say(error) {
    this.#problem.hidden = !error;
    this.#problem.textContent = error?.message ?? "";
  }

  #actionsOf(item, current) {
    if (!this.#traits.mayChange()) return null;
    const { name } = item;
    return element(
      "span", { className: "actions" },
      button("Edit", () => this.#edit(current()), { className: "quiet", "aria-label": `Edit ${name}` }),
      button("Delete", () => this.#delete(current()), { className: "quiet", "aria-label": `Delete ${name}` }));
  }

  async #create() {
    const { kind, fields, specOf, labelsOf, created } = this.#traits;
    const name = { name: "name", field: "/name", words: "Name", required: true, maxLength: 63 };
    const made = await openDialog({
      title: `Add ${kinds[kind]}`, submit: "Add",
      content: element("div", { className: "fields" }, [name, ...fields(null)].map(formField)),
      work: async (form) => {
        const body = { name: valueOf(form, "name"), spec: specOf(form, {}) };
        if (labelsOf) body.labels = labelsOf(form);
        const resource = await create(kind, body);
        await created?.(resource, form);
        return resource;
      },
    });
    await this.#changed();
    if (made?.token) {
      await showSecret(sentence(`${kinds[kind]} ${made.name}`), "This is the only time that it is shown. Keep it in a safe place.", made.token);
    }
  }

  async #edit(resource) {
    const { kind, fields, specOf, labelsOf } = this.#traits;
    await openDialog({
      title: `Change ${kinds[kind]} ${resource.name}`, submit: "Save",
      content: element("div", { className: "fields" }, fields(resource).map(formField)),
      work: async (form) => {
        const { labels = {}, spec } = resource;
        const wanted = { labels: labelsOf?.(form) ?? labels, spec: specOf(form, spec) };
        const patch = mergePatch({ labels, spec }, wanted);
        if (patch) await changeWith(resource, patch);
      },
    });
    await this.#changed();
  }

  async #delete(resource) {
    await deleteDialog(resource, this.#traits.deletion);
    await this.#changed();
  }
}
