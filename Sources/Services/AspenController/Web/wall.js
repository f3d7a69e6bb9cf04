// The wall: one tile a camera, with its live picture or the reason why there is none.

import { Picture } from "./picture.js";
import { phases, reason } from "./words.js";

/** Makes an element; text is always text, never markup. */
export function element(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

/** Writes only what differs, so that screen readers and layout stay quiet. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function setBadge(badge, phase) {
  setText(badge, phases[phase] ?? phase);
  badge.dataset.phase = phase;
}

class Tile {
  picture = new Picture();
  isVisible = false;
  #badge = element("span", { className: "badge" });
  #facts = element("span", { className: "facts" });
  #reason = element("div", { className: "reason" });

  constructor(camera, actions) {
    const { name } = camera;
    const open = element(
      "button", { type: "button", className: "screen", title: "Show large" },
      this.picture.canvas, this.#reason, this.#facts);
    open.setAttribute("aria-label", `Show camera ${name} large`);
    open.onclick = () => actions.open(name);
    const remove = element("button", { type: "button", className: "remove", title: "Delete camera" }, "✕");
    remove.setAttribute("aria-label", `Delete camera ${name}`);
    remove.onclick = () => actions.remove(name);
    this.node = element(
      "article", { className: "tile" }, open,
      element("footer", {}, element("h3", { title: name }, name), this.#badge, remove));
    this.update(camera);
  }

  /** The stream whose frames it shows; a camera may have none. */
  get stream() {
    return this.camera.status.streams?.[0];
  }

  update(camera) {
    this.camera = camera;
    setBadge(this.#badge, camera.status.phase);
    this.tick();
  }

  tick() {
    const { status } = this.camera;
    const isLive = this.picture.isLive;
    this.node.classList.toggle("dim", !isLive && this.picture.hasPicture);
    setText(this.#facts, this.picture.facts());
    const lines = isLive ? [] : status.phase === "streaming" ? ["Waiting for a picture…"] : reason(status);
    const words = lines.join("\n");
    if (this.#reason.dataset.words === words) return;
    this.#reason.dataset.words = words;
    this.#reason.hidden = lines.length === 0;
    this.#reason.replaceChildren(...lines.map((line, index) =>
      element(index ? "small" : "strong", {}, line)));
  }
}

export class Wall {
  #grid;
  #actions;
  #tiles = new Map();
  #byStream = new Map();
  #observer;
  #filter = "";

  /** `actions`: `open(name)`, `remove(name)`, `changed()` when other tiles are in sight. */
  constructor(grid, actions) {
    this.#grid = grid;
    this.#actions = actions;
    this.#observer = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        const tile = this.#tiles.get(entry.target.dataset.name);
        if (tile) tile.isVisible = entry.isIntersecting;
      }
      actions.changed();
    }, { rootMargin: "200px" });
  }

  get cameras() {
    return [...this.#tiles.values()].map((tile) => tile.camera);
  }

  /** The streams whose tiles are in sight. */
  get visibleStreams() {
    return [...this.#byStream].filter(([, tile]) => tile.isVisible).map(([stream]) => stream);
  }

  get streamCount() {
    return this.#byStream.size;
  }

  get matchCount() {
    return this.#grid.querySelectorAll(".tile:not([hidden])").length;
  }

  update(cameras) {
    const names = new Set(cameras.map((camera) => camera.name));
    for (const [name, tile] of this.#tiles) {
      if (!names.has(name)) this.#drop(name, tile);
    }
    this.#byStream.clear();
    cameras.forEach((camera, index) => {
      let tile = this.#tiles.get(camera.name);
      if (tile && tile.camera.id !== camera.id) {
        this.#drop(camera.name, tile);
        tile = undefined;
      }
      if (tile) tile.update(camera);
      else tile = this.#insert(camera);
      if (this.#grid.children[index] !== tile.node) {
        this.#grid.insertBefore(tile.node, this.#grid.children[index] ?? null);
      }
      if (tile.stream) this.#byStream.set(tile.stream, tile);
    });
    this.filter(this.#filter);
  }

  filter(text) {
    this.#filter = text;
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    for (const { node, camera } of this.#tiles.values()) {
      const labels = Object.entries(camera.labels ?? {}).map((pair) => pair.join("="));
      const haystack = [camera.name, camera.spec.address ?? "", ...labels].join(" ").toLowerCase();
      node.hidden = !words.every((word) => haystack.includes(word));
    }
  }

  /** Only pictures in sight are decoded. */
  show(stream, frame) {
    const tile = this.#byStream.get(stream);
    if (tile?.isVisible && !document.hidden) tile.picture.show(frame);
  }

  tick() {
    for (const tile of this.#tiles.values()) tile.tick();
  }

  camera(name) {
    return this.#tiles.get(name)?.camera;
  }

  #insert(camera) {
    const tile = new Tile(camera, this.#actions);
    tile.node.dataset.name = camera.name;
    this.#tiles.set(camera.name, tile);
    this.#observer.observe(tile.node);
    return tile;
  }

  #drop(name, tile) {
    this.#observer.unobserve(tile.node);
    tile.node.remove();
    this.#tiles.delete(name);
  }
}
