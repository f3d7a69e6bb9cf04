// One camera, large, every frame it has.

import { get } from "./api.js";
import { element, setBadge, setText } from "./elements.js";
import { FrameSocket } from "./frames.js";
import { Picture } from "./picture.js";
import { phaseOf, reason } from "./words.js";

const placementInterval = 5_000;

export class Viewer {
  #dialog;
  #wall;
  #changed;
  #picture = null;
  #stage;
  #name = null;
  #stream = null;
  #placement = "";
  #askedAt = 0;
  #socket = new FrameSocket((stream, frame) => {
    if (stream === this.#stream) this.#picture?.show(frame);
  });

  /** `changed()` is called when it opens and closes. */
  constructor(dialog, wall, changed) {
    this.#dialog = dialog;
    this.#wall = wall;
    this.#changed = changed;
    this.#stage = dialog.querySelector(".stage");
    const on = (value, action) =>
      dialog.querySelector(`[value=${value}]`).addEventListener("click", action);
    on("previous", () => this.#step(-1));
    on("next", () => this.#step(1));
    on("close", () => dialog.close());
    on("full", () => this.#toggleFullScreen());
    on("details", () => {
      const name = this.#name;
      dialog.close();
      location.hash = `#cameras/${encodeURIComponent(name)}`;
    });
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "ArrowLeft") this.#step(-1);
      if (event.key === "ArrowRight") this.#step(1);
      if (event.key === "f") this.#toggleFullScreen();
    });
    dialog.addEventListener("close", () => {
      this.#name = this.#stream = null;
      this.#stage.replaceChildren();
      this.#picture = null;
      this.follow();
      this.#changed();
    });
  }

  get isOpen() {
    return this.#name !== null;
  }

  open(name) {
    const camera = this.#wall.camera(name);
    if (!camera) return;
    this.#name = name;
    this.#stream = camera.status?.streams?.[0] ?? null;
    this.#placement = "";
    this.#askedAt = 0;
    this.#picture = new Picture();
    this.#stage.replaceChildren(this.#picture.canvas, element("p"));
    this.follow();
    if (!this.#dialog.open) this.#dialog.showModal();
    this.tick();
    this.#changed();
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

  tick() {
    if (!this.#name) return;
    const camera = this.#wall.camera(this.#name);
    if (!camera) return this.close();
    const stream = camera.status?.streams?.[0] ?? null;
    if (stream !== this.#stream) {
      this.#stream = stream;
      this.follow();
    }
    this.#askPlacement();
    const { spec } = camera;
    const status = camera.status ?? {};
    setText(this.#dialog.querySelector("h2"), camera.name);
    setBadge(this.#dialog.querySelector(".badge"), phaseOf(camera));
    const source = status.codec && `${status.codec} ${status.width ?? "?"}×${status.height ?? "?"}`;
    setText(
      this.#dialog.querySelector(".facts"),
      [this.#picture.facts(), source, this.#placement, spec.address ?? spec.path]
        .filter(Boolean).join(" · "));
    const isLive = this.#picture.isLive;
    this.#stage.classList.toggle("dim", !isLive && this.#picture.hasPicture);
    const words = phaseOf(camera) === "streaming" ? ["Waiting for a picture…"] : reason(camera);
    setText(this.#stage.querySelector("p"), isLive ? "" : words.join("\n"));
  }

  /** Asks now and then where the stream runs and why. */
  async #askPlacement() {
    const stream = this.#stream;
    if (!stream || Date.now() - this.#askedAt < placementInterval) return;
    this.#askedAt = Date.now();
    const { status } = await get("stream", stream, { fields: "status" }).catch(() => ({}));
    if (!status || stream !== this.#stream) return;
    this.#placement = status.worker ? `on worker ${status.worker}` : status.reason ?? "";
  }

  #step(by) {
    const { names } = this.#wall;
    const index = names.indexOf(this.#name);
    if (index >= 0) this.open(names[(index + by + names.length) % names.length]);
  }

  #toggleFullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.#dialog.requestFullscreen?.().catch(() => {});
  }
}
