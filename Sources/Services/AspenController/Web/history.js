// What a thing was before: its versions, what each changed, and a way back.

import { history, revert } from "./api.js";
import { change, openDialog } from "./dialogs.js";
import { differenceList, differences } from "./difference.js";
import { button, element, time } from "./elements.js";

export class History {
  #list = element("ol", { className: "versions" });
  #more = button("Show older", () => this.#load());
  #problem = element("p", { className: "problem", role: "alert", hidden: true });
  #entries = [];
  #cursor = null;
  #resource = null;
  #mayRevert = false;
  #reverted;

  /** `reverted(resource)` is called with the newest version. */
  constructor(reverted) {
    this.#reverted = reverted;
    this.node = element(
      "section", { className: "panel" }, element("h3", {}, "History"), this.#problem, this.#list, this.#more);
  }

  /** Shows the versions of `resource`; the same version is not read again. */
  async show(resource, mayRevert) {
    const known = this.#resource;
    const isSame = known && known.id === resource.id && known.resource_version === resource.resource_version;
    this.#resource = resource;
    if (isSame && this.#mayRevert === mayRevert) return;
    this.#mayRevert = mayRevert;
    this.#cursor = null;
    await this.#load(true);
  }

  async #load(isFresh = false) {
    const resource = this.#resource;
    try {
      const page = await history(resource.kind, resource.name, isFresh ? null : this.#cursor);
      if (resource !== this.#resource && resource.id !== this.#resource?.id) return;
      this.#entries = isFresh ? page.items : [...this.#entries, ...page.items];
      this.#cursor = page.next_cursor ?? null;
      this.#problem.hidden = true;
      this.#render();
    } catch (error) {
      this.#problem.textContent = error.message;
      this.#problem.hidden = false;
    }
  }

  #render() {
    const newest = this.#entries[0];
    const seen = new Set(newest ? [newest.generation] : []);
    this.#list.replaceChildren(...this.#entries.map((entry, index) => {
      const older = this.#entries[index + 1];
      // The oldest one on the page has nothing to compare with until more is shown.
      const isKnown = older || !this.#cursor;
      const isWayBack = this.#mayRevert && !seen.has(entry.generation) && entry.operation !== "deleted";
      seen.add(entry.generation);
      return element(
        "li", {},
        element(
          "p", {}, element("b", {}, `Generation ${entry.generation}`), ` ${entry.operation} by `,
          entry.actor?.name ?? "?", ", ", time(entry.at),
          isWayBack ? button("Revert to this", () => this.#revert(entry), { className: "quiet" }) : null),
        isKnown ? differenceList(differences(older, entry), { none: "No field changed." }) : null);
    }));
    this.#more.hidden = !this.#cursor;
  }

  async #revert(entry) {
    const changes = differences(this.#entries[0], entry);
    let outcome = null;
    await openDialog({
      title: `Revert to generation ${entry.generation}?`, submit: "Revert",
      content: [element("p", {}, "A password stays as it is. This changes:"), differenceList(changes)],
      work: async () => {
        outcome = await change(this.#resource, (resource) => revert(resource, entry.generation));
      },
    });
    if (outcome?.resource) this.#reverted(outcome.resource);
  }
}
