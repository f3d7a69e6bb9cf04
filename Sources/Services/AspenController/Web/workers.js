// The workers, what is done to them, the controllers and the sites.

import { list, listAll, update, workerDrain } from "./api.js";
import { Collection } from "./collection.js";
import { change, deleteDialog } from "./dialogs.js";
import { badge, button, element, labelTokens, Table, time } from "./elements.js";
import { valueOf, withText } from "./forms.js";
import { mayCluster } from "./session.js";
import { plural } from "./words.js";

const pollInterval = 5_000;
/** While something moves, people watch it. */
const busyInterval = 1_500;
const shownOperations = 8;

const actions = { worker_drain: "Drain", secret_reseal: "Seal secrets anew" };

const sites = {
  kind: "site", title: "Sites", empty: "There are no sites.", mayChange: () => mayCluster("operator"),
  about: "Places that cameras and workers belong to.",
  deletion: "is forgotten. Cameras and workers of it are not touched.",
  columns: [
    { words: "Name", cell: (site) => site.name },
    { words: "Description", cell: (site) => site.spec.description ?? "" },
  ],
  fields: (site) => [{
    name: "description", field: "/spec/description", words: "Description", maxLength: 1024,
    value: site?.spec.description ?? "",
  }],
  specOf: (form, spec) => withText(spec, "description", valueOf(form, "description")),
};

const isOver = ({ status }) => !["pending", "running"].includes(status.state);
const nameOf = ({ spec }) => [actions[spec.action] ?? spec.action, spec.target].filter(Boolean).join(" ");

export class WorkersView {
  #section;
  #failed;
  #table;
  #operations;
  #operationsPanel;
  #controllers;
  #controllersPanel;
  #sites = new Collection(sites);
  #problem = element("p", { className: "problem", role: "alert", hidden: true });
  #running = new Map();
  #timer = null;
  #visits = 0;

  /** `failed(error)` is told what the whole page should know. */
  constructor(section, failed) {
    this.#section = section;
    this.#failed = failed;
    this.#table = new Table([
      { words: "Worker", cell: (worker) => [element("b", {}, worker.name), " ", ...labelTokens(worker.labels)] },
      { words: "State", cell: (worker) => this.#stateOf(worker) },
      { words: "Streams", cell: (worker) => load(worker.status) },
      { words: "Site", cell: (worker) => worker.spec.site ?? "" },
      { words: "Version", cell: (worker) => worker.status?.version ?? "" },
      { words: "Last heard", cell: (worker) => time(worker.status?.last_seen_at) ?? "never" },
      { words: "Actions", isQuiet: true, cell: (worker, current) => this.#actionsOf(worker, current) },
    ], { caption: "Workers", empty: "No worker has joined yet." });
    this.#operations = new Table([
      { words: "What", cell: nameOf },
      { words: "State", cell: (item) => [badge(item.status.state), " ", progress(item)] },
      { words: "Message", cell: (item) => item.status.message ?? "" },
      { words: "Begun", cell: (item) => time(item.created_at) },
    ], { caption: "Operations", empty: "Nothing was done yet." });
    this.#operationsPanel = element(
      "section", { className: "panel", hidden: true }, element("h3", {}, "Operations"), this.#operations.node);
    this.#controllers = new Table([
      { words: "Controller", cell: (item) => element("b", {}, item.name) },
      { words: "State", cell: (item) => badge(item.status.phase) },
      { words: "Workers", cell: (item) => String(item.status.workers) },
      { words: "Address", cell: (item) => item.status.address ?? "" },
      { words: "Version", cell: (item) => item.status.version },
      { words: "Last seen", cell: (item) => time(item.status.last_seen_at) },
    ], { caption: "Controllers", empty: "" });
    this.#controllersPanel = element(
      "section", { className: "panel", hidden: true }, element("h3", {}, "Controllers"), this.#controllers.node);
  }

  show() {
    this.#section.replaceChildren(
      element("div", { className: "heading" }, element("h2", { tabIndex: -1 }, "Workers")),
      element("section", { className: "panel" }, this.#problem, this.#table.node),
      this.#operationsPanel, this.#controllersPanel, this.#sites.node);
    this.#sites.refresh();
    this.#poll();
  }

  hide() {
    clearTimeout(this.#timer);
    this.#visits += 1;
    this.#section.replaceChildren();
  }

  async #poll() {
    const visit = this.#visits;
    clearTimeout(this.#timer);
    try {
      const [{ items }, operations, controllers] = await Promise.all([
        listAll("worker"), list("operation", { limit: shownOperations }), list("controller"),
      ]);
      if (visit !== this.#visits) return;
      this.#running = new Map(
        operations.items.filter((item) => !isOver(item)).map((item) => [item.spec.target, item]));
      this.#table.update(items);
      this.#operations.update(operations.items);
      this.#operationsPanel.hidden = !operations.items.length;
      this.#controllers.update(controllers.items);
      // One alone is the one that is asked.
      this.#controllersPanel.hidden = controllers.items.length < 2;
    } catch (error) {
      if (visit !== this.#visits) return;
      this.#failed(error);
    }
    const interval = document.hidden ? pollInterval * 6 : this.#running.size ? busyInterval : pollInterval;
    this.#timer = setTimeout(() => this.#poll(), interval);
  }

  #stateOf(worker) {
    const { spec, status } = worker;
    const operation = this.#running.get(worker.name);
    return [
      badge(worker.deletion_requested_at ? "stopping" : status?.phase ?? "unknown"),
      spec.draining ? badge("draining") : spec.cordoned ? badge("cordoned") : null,
      operation ? progress(operation) : null,
    ];
  }

  #actionsOf(worker, current) {
    if (!mayCluster("operator") || worker.deletion_requested_at) return null;
    const { cordoned, draining } = worker.spec;
    const set = (spec) => () => this.#attempt(() => change(current(), (now) => update(now, { spec })));
    const named = (words) => ({ className: "quiet", "aria-label": `${words} worker ${worker.name}` });
    const isOff = cordoned || draining;
    return element(
      "span", { className: "actions" },
      isOff
        ? button("Uncordon", set({ cordoned: false, draining: false }), { ...named("Uncordon"), title: "It gets streams again" })
        : button("Cordon", set({ cordoned: true }), { ...named("Cordon"), title: "It keeps its streams and gets no new ones" }),
      draining ? null : button("Drain", () => this.#attempt(() => workerDrain(worker.name)), {
        ...named("Drain"), title: "Its streams move to other workers",
      }),
      button("Delete", () => this.#delete(current()), named("Delete")));
  }

  async #delete(worker) {
    await deleteDialog(worker, "leaves. Its credential ends and its streams move to other workers.");
    await this.#poll();
  }

  async #attempt(action) {
    this.#problem.hidden = true;
    try {
      await action();
    } catch (error) {
      this.#problem.textContent = error.message;
      this.#problem.hidden = false;
    }
    await this.#poll();
  }
}

/** `3 of 20 streams`, and as a bar. */
function load(status) {
  const streams = status?.streams ?? 0;
  const capacity = status?.capacity_streams;
  if (!capacity) return plural(streams, "stream");
  const meter = element("meter", { min: 0, max: capacity, value: streams, high: capacity * 0.9, "aria-hidden": "true" });
  return [meter, ` ${streams} of ${capacity}`];
}

/** How far an operation is, in figures and as a bar while it runs. */
function progress(operation) {
  const { done = 0, total } = operation.status;
  if (isOver(operation)) return total ? `${done} of ${total}` : null;
  const words = total ? `${done} of ${total}` : "…";
  const bar = element("progress", total ? { max: total, value: done } : {}, words);
  bar.setAttribute("aria-label", nameOf(operation));
  return [bar, total ? ` ${words}` : null].filter(Boolean);
}
