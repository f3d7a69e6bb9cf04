// One camera: its picture, what it does and why, what it is set to, and what it was before.

import { get, list } from "./api.js";
import { editFields, fillCamera, patchOf, siteNames } from "./camera_form.js";
import { changeWith } from "./dialogs.js";
import { badge, button, element, setBadge, setText, Table, time } from "./elements.js";
import { onSubmit, showProblem } from "./forms.js";
import { FrameSocket } from "./frames.js";
import { History } from "./history.js";
import { Picture } from "./picture.js";
import { explainStream, shareStream } from "./placement.js";
import { mayCamera } from "./session.js";
import { phaseOf, plural, reason } from "./words.js";

const pollInterval = 5_000;
const pictureDemand = { mode: "header", fps: 10, width: 960 };

export class CameraView {
  #section;
  #actions;
  #name = null;
  #timer = null;
  #visits = 0;
  #parts = null;
  #frames = new FrameSocket((stream, frame) => {
    if (stream === this.#parts?.stream) this.#parts.picture.show(frame);
  });

  /** `actions`: `open(name)` large, `remove(name)`, `changed(camera)`, `failed(error)`. */
  constructor(section, actions) {
    this.#section = section;
    this.#actions = actions;
  }

  get name() {
    return this.#name;
  }

  async show(name) {
    this.hide();
    this.#name = name;
    const visit = this.#visits;
    const sites = await siteNames();
    if (visit !== this.#visits) return;
    await this.#poll(sites);
  }

  hide() {
    clearTimeout(this.#timer);
    this.#visits += 1;
    this.#name = null;
    this.#frames.want(null);
    this.#parts = null;
    this.#section.replaceChildren();
  }

  /** The camera has changed, as the feed tells. */
  refresh() {
    if (this.#name) this.#later(300);
  }

  /** Watches its picture while the tab is seen. */
  follow(isSeen) {
    const stream = this.#parts?.stream;
    const path = isSeen && stream && `v1/streams/${encodeURIComponent(stream)}/frames`;
    this.#frames.want(path || null, pictureDemand);
  }

  tick() {
    const parts = this.#parts;
    if (!parts) return;
    const { picture, camera } = parts;
    parts.stage.classList.toggle("dim", !picture.isLive && picture.hasPicture);
    const words = phaseOf(camera) === "streaming" ? ["Waiting for a picture…"] : reason(camera);
    setText(parts.words, picture.isLive ? "" : words.join("\n"));
    setText(parts.facts, picture.facts());
  }

  #later(interval = pollInterval) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#poll(), interval);
  }

  async #poll(sites) {
    const visit = this.#visits;
    const name = this.#name;
    clearTimeout(this.#timer);
    try {
      const [camera, streams] = await Promise.all([
        get("camera", name), list("stream", { filter: `spec.camera=${name}`, limit: 100 }),
      ]);
      if (visit !== this.#visits) return;
      if (this.#parts?.camera.id !== camera.id) this.#build(camera, sites ?? []);
      this.#update(camera, streams.items);
    } catch (error) {
      if (visit !== this.#visits) return;
      if (error.code === "not_found") return this.#showGone(name);
      this.#actions.failed(error);
    }
    this.#later();
  }

  #showGone(name) {
    this.#frames.want(null);
    this.#parts = null;
    this.#section.replaceChildren(element(
      "div", { className: "card" }, element("h2", { tabIndex: -1 }, "No such camera"),
      element("p", {}, `There is no camera “${name}”. It may have been deleted.`),
      element("a", { href: "#cameras" }, "All cameras")));
  }

  #build(camera, sites) {
    const { name } = camera;
    const picture = new Picture();
    const words = element("p");
    const parts = {
      camera, picture, words, version: null, isDirty: false,
      stage: element("div", { className: "stage" }, picture.canvas, words),
      facts: element("p", { className: "facts" }),
      badge: badge(phaseOf(camera)),
      state: element("div"),
      streams: this.#streamTable(),
      problem: element("p", { className: "problem", role: "alert", hidden: true }),
      remove: button("Delete", () => this.#actions.remove(name), { className: "danger" }),
      form: this.#form(camera, sites),
      history: new History((reverted) => this.#take(reverted)),
    };
    this.#parts = parts;
    this.#section.replaceChildren(
      element(
        "div", { className: "heading" },
        element("a", { href: "#cameras", "aria-label": "All cameras" }, "‹ Cameras"),
        element("h2", { tabIndex: -1 }, name), parts.badge,
        element("div", { className: "actions" }, button("Show large", () => this.#actions.open(name)), parts.remove)),
      element(
        "div", { className: "columns" },
        element(
          "div", {}, element("section", { className: "panel screenshot" }, parts.stage, parts.facts),
          element("section", { className: "panel" }, element("h3", {}, "State"), parts.state),
          element("section", { className: "panel" }, element("h3", {}, "Streams"), parts.problem, parts.streams.node)),
        element("div", {}, parts.form, parts.history.node)));
    if (document.activeElement === document.body) this.#section.querySelector("h2").focus();
  }

  #form(camera, sites) {
    const form = element(
      "form", { className: "panel" }, element("h3", {}, "Settings"),
      element("fieldset", {}, editFields(camera, sites)),
      element("p", { className: "hint", role: "status", hidden: true }, "Somebody else has changed it since you began. Saving shows what."),
      element("p", { className: "problem", role: "alert", hidden: true }),
      element(
        "div", { className: "actions" },
        button("Reset", () => this.#reset(), { disabled: true }),
        element("button", { className: "primary" }, "Save")));
    form.addEventListener("input", () => this.#setDirty(true));
    onSubmit(form, () => this.#save(form));
    return form;
  }

  #setDirty(isDirty) {
    this.#parts.isDirty = isDirty;
    this.#parts.form.querySelector("button[type=button]").disabled = !isDirty;
  }

  #reset() {
    this.#parts.version = null;
    this.#setDirty(false);
    showProblem(this.#parts.form, null);
    this.#fill(this.#parts.camera);
  }

  async #save(form) {
    const { shown } = this.#parts;
    const patch = patchOf(form, shown);
    if (!patch) return this.#reset();
    const outcome = await changeWith(shown, patch);
    if (outcome) this.#take(outcome.resource);
    else this.#reset();
    await this.#poll();
  }

  /** Takes a version that a change has answered. */
  #take(camera) {
    if (!this.#parts) return;
    this.#setDirty(false);
    this.#parts.version = null;
    this.#actions.changed(camera);
    this.#parts.camera = camera;
    this.#fill(camera);
    this.refresh();
  }

  #fill(camera) {
    const parts = this.#parts;
    const isNewer = parts.version !== camera.resource_version;
    parts.form.querySelector("[role=status]").hidden = !(parts.isDirty && isNewer);
    if (parts.isDirty || !isNewer) return;
    parts.shown = camera;
    parts.version = camera.resource_version;
    fillCamera(parts.form, camera);
  }

  #update(camera, streams) {
    const parts = this.#parts;
    parts.camera = camera;
    parts.stream = camera.status?.streams?.[0] ?? streams[0]?.name ?? null;
    const mayChange = mayCamera("operator", camera.labels) && !camera.deletion_requested_at;
    setBadge(parts.badge, phaseOf(camera));
    parts.remove.hidden = !mayChange;
    parts.form.querySelector("fieldset").disabled = !mayChange;
    parts.form.querySelector(".actions").hidden = !mayChange;
    this.#fill(camera);
    parts.state.replaceChildren(...stateOf(camera));
    parts.streams.update(streams);
    parts.history.show(camera, mayChange);
    this.follow(!document.hidden);
    this.tick();
  }

  #streamTable() {
    return new Table([
      { words: "Stream", cell: (stream) => [element("b", {}, stream.name), " ", badge(phaseOf(stream))] },
      { words: "Enabled", cell: (stream, current) => this.#enabledSwitch(stream, current) },
      {
        words: "Where", cell: (stream) => {
          const { worker, reason: why, viewers } = stream.status ?? {};
          return [worker ? `on ${worker}` : why ?? "nowhere", viewers ? ` · ${plural(viewers, "viewer")}` : null];
        },
      },
      {
        words: "Actions", isQuiet: true, cell: (stream) => element(
          "span", { className: "actions" },
          button("Why here?", () => this.#attempt(() => explainStream(stream.name)), { className: "quiet" }),
          mayCamera("operator", this.#parts.camera.labels)
            ? button("Share…", () => this.#attempt(() => shareStream(stream.name)), { className: "quiet" })
            : null),
      },
    ], { caption: "Streams of this camera", empty: "It has no stream, so nothing is watched." });
  }

  #enabledSwitch(stream, current) {
    const isOn = stream.spec.enabled !== false;
    // The attribute, not only the property, so that a changed cell is seen as such.
    const input = element("input", { type: "checkbox", defaultChecked: isOn, "aria-label": `Stream ${stream.name} is enabled` });
    input.disabled = !mayCamera("operator", this.#parts.camera.labels);
    input.addEventListener("change", () => this.#attempt(async () => {
      if (!(await changeWith(current(), { spec: { enabled: input.checked } }))) input.checked = isOn;
      await this.#poll();
    }, () => {
      input.checked = isOn;
    }));
    return input;
  }

  /** Runs an action of the streams' panel; what fails is said there. */
  async #attempt(action, undo = () => {}) {
    const { problem } = this.#parts;
    problem.hidden = true;
    try {
      await action();
    } catch (error) {
      undo();
      problem.textContent = error.message;
      problem.hidden = false;
    }
  }
}

/** What a camera does: the cause in words, its source, and its conditions. */
function stateOf(camera) {
  const status = camera.status ?? {};
  const facts = [
    status.codec, status.width && `${status.width}×${status.height}`,
    status.source_fps && `${status.source_fps} fps`,
  ].filter(Boolean).join(" · ");
  const lines = reason(camera).map((line) => element("p", {}, line));
  const conditions = (status.conditions ?? []).map((condition) => element(
    "li", { className: "condition" },
    element("span", { className: "badge", "data-state": `${condition.status}` }, condition.type),
    element(
      "span", {}, condition.message || condition.reason || condition.status,
      condition.since ? element("small", {}, " since ", time(condition.since)) : null)));
  return [
    facts ? element("p", { className: "facts" }, facts) : "",
    ...lines, element("ul", { className: "conditions" }, conditions),
  ].filter(Boolean);
}
