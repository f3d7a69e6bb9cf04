// The dialogs: add a camera, delete one, and see one large at its full rate.

import { cameraCreate, cameraDelete, streamGet } from "./api.js";
import { FrameSocket } from "./frames.js";
import { Picture } from "./picture.js";
import { setBadge, setText } from "./wall.js";
import { reason } from "./words.js";

/** Runs `work` when the form is sent; what fails is said in the form. */
export function onSubmit(form, work) {
  const problem = form.querySelector(".problem");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button:not([type=button])");
    button.disabled = true;
    showProblem(form, problem, null);
    try {
      await work(form);
    } catch (error) {
      showProblem(form, problem, error);
    } finally {
      button.disabled = false;
    }
  });
}

function showProblem(form, problem, error) {
  for (const input of form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
  problem.hidden = !error;
  if (!error) return;
  const lines = (error.fields ?? []).map(({ field, reason: why }) => {
    const name = field.split("/").at(-1);
    const input = form.elements.namedItem(name);
    input?.setAttribute("aria-invalid", "true");
    return `${name} ${why}`;
  });
  problem.textContent = lines.length ? lines.join("\n") : error.message;
  form.querySelector("[aria-invalid]")?.focus();
}

function setUp(dialog) {
  dialog.querySelector("[value=cancel]")?.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
}

/** Returns a function that opens the form. */
export function makeAddDialog(dialog, changed) {
  const form = dialog.querySelector("form");
  setUp(dialog);
  onSubmit(form, async () => {
    const value = (name) => form.elements.namedItem(name).value;
    const spec = { type: "rtsp", address: value("address").trim(), transport: value("transport") };
    if (value("username")) spec.username = value("username");
    if (value("password")) spec.password = value("password");
    await cameraCreate({ name: value("name").trim(), spec });
    dialog.close();
    form.reset();
    await changed();
  });
  return () => dialog.showModal();
}

/** Returns a function that asks whether the camera of a name shall go. */
export function makeDeleteDialog(dialog, changed) {
  const form = dialog.querySelector("form");
  const label = form.querySelector("b");
  setUp(dialog);
  onSubmit(form, async () => {
    await cameraDelete(label.textContent);
    dialog.close();
    await changed();
  });
  return (name) => {
    label.textContent = name;
    form.querySelector(".problem").hidden = true;
    dialog.showModal();
  };
}

/** One camera, large, every frame it has. */
export class Viewer {
  #dialog;
  #wall;
  #picture = null;
  #stage;
  #name = null;
  #stream = null;
  #placement = "";
  #socket = new FrameSocket((stream, frame) => {
    if (stream === this.#stream) this.#picture?.show(frame);
  });

  /** `changed()` is called when it opens and closes. */
  constructor(dialog, wall, changed) {
    this.#dialog = dialog;
    this.#wall = wall;
    this.#stage = dialog.querySelector(".stage");
    setUp(dialog);
    const on = (value, action) =>
      dialog.querySelector(`[value=${value}]`).addEventListener("click", action);
    on("previous", () => this.#step(-1));
    on("next", () => this.#step(1));
    on("close", () => dialog.close());
    on("full", () => this.#toggleFullScreen());
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "ArrowLeft") this.#step(-1);
      if (event.key === "ArrowRight") this.#step(1);
      if (event.key === "f") this.#toggleFullScreen();
    });
    dialog.addEventListener("close", () => {
      this.#name = this.#stream = null;
      this.follow();
      changed();
    });
    this.changed = changed;
  }

  get isOpen() {
    return this.#name !== null;
  }

  open(name) {
    const camera = this.#wall.camera(name);
    if (!camera) return;
    this.#name = name;
    this.#stream = camera.status.streams?.[0] ?? null;
    this.#placement = "";
    this.#picture = new Picture();
    this.#stage.replaceChildren(this.#picture.canvas, document.createElement("p"));
    this.follow();
    if (!this.#dialog.open) this.#dialog.showModal();
    this.refresh();
    this.tick();
    this.changed();
  }

  /** Watches its stream while it is open and the tab is seen. */
  follow() {
    const path = this.#stream && `v1/streams/${encodeURIComponent(this.#stream)}/frames`;
    this.#socket.want(document.hidden ? null : path, { mode: "header" });
  }

  reopen() {
    this.#socket.reopen();
  }

  close() {
    if (this.#dialog.open) this.#dialog.close();
  }

  /** Asks where the stream runs and why. */
  async refresh() {
    if (this.#name && !this.#wall.camera(this.#name)) return this.close();
    const stream = this.#stream;
    if (!stream) return;
    const { status } = await streamGet(stream).catch(() => ({ status: null }));
    if (!status || stream !== this.#stream) return;
    this.#placement = status.worker ? `on worker ${status.worker}` : status.reason ?? "";
  }

  tick() {
    const camera = this.#name && this.#wall.camera(this.#name);
    if (!camera) return;
    const { status, spec } = camera;
    setText(this.#dialog.querySelector("h2"), camera.name);
    setBadge(this.#dialog.querySelector(".badge"), status.phase);
    const source = status.codec && `${status.codec} ${status.width ?? "?"}×${status.height ?? "?"}`;
    setText(
      this.#dialog.querySelector(".facts"),
      [this.#picture.facts(), source, this.#placement, spec.address ?? spec.path]
        .filter(Boolean).join(" · "));
    const isLive = this.#picture.isLive;
    this.#stage.classList.toggle("dim", !isLive && this.#picture.hasPicture);
    const words = status.phase === "streaming" ? ["Waiting for a picture…"] : reason(status);
    setText(this.#stage.querySelector("p"), isLive ? "" : words.join("\n"));
  }

  #step(by) {
    const names = this.#wall.cameras.map((camera) => camera.name).sort();
    const index = names.indexOf(this.#name);
    if (index >= 0) this.open(names[(index + by + names.length) % names.length]);
  }

  #toggleFullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.#dialog.requestFullscreen?.().catch(() => {});
  }
}
