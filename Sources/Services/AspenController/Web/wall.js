// The wall: one tile a camera, with its live picture or the reason why there is none.

import { button, element, setBadge, setText } from "./elements.js";
import { Picture } from "./picture.js";
import { phaseOf, reason } from "./words.js";

class Tile {
  picture = new Picture();
  isVisible = false;
  #badge = element("span", { className: "badge" });
  #facts = element("span", { className: "facts" });
  #reason = element("div", { className: "reason" });
  #remove;

  constructor(camera, actions) {
    const { name } = camera;
    const open = button("", () => actions.open(name), {
      className: "screen", title: "Show large", "aria-label": `Show camera ${name} large`,
    });
    open.append(this.picture.canvas, this.#reason, this.#facts);
    this.#remove = button("✕", () => actions.remove(name), {
      className: "remove", title: "Delete camera", "aria-label": `Delete camera ${name}`,
    });
    const link = element("a", { href: `#cameras/${encodeURIComponent(name)}`, title: `${name}: settings` }, name);
    this.node = element(
      "article", { className: "tile" }, open,
      element("footer", {}, element("h3", {}, link), this.#badge, this.#remove));
    this.node.dataset.name = name;
    this.actions = actions;
    this.update(camera);
  }

  /** The stream whose frames it shows; a camera may have none. */
  get stream() {
    return this.camera.status?.streams?.[0];
  }

  update(camera) {
    this.camera = camera;
    setBadge(this.#badge, phaseOf(camera));
    this.#remove.hidden = !this.actions.mayRemove(camera);
    this.#remove.disabled = Boolean(camera.deletion_requested_at);
    this.node.classList.toggle("stopping", Boolean(camera.deletion_requested_at));
    this.tick();
  }

  see(isVisible) {
    this.isVisible = isVisible;
    if (isVisible) this.tick();
    else this.picture.release();
  }

  tick() {
    const { camera, picture } = this;
    const isStopping = Boolean(camera.deletion_requested_at);
    const isLive = picture.isLive && !isStopping;
    this.node.classList.toggle("dim", !isLive && picture.hasPicture);
    setText(this.#facts, isStopping ? "" : picture.facts());
    const lines = isLive ? [] : phaseOf(camera) === "streaming" ? ["Waiting for a picture…"] : reason(camera);
    const words = lines.join("\n");
    if (this.#reason.dataset.words === words) return;
    this.#reason.dataset.words = words;
    this.#reason.hidden = lines.length === 0;
    this.#reason.replaceChildren(...lines.map((line, index) => element(index ? "small" : "strong", {}, line)));
  }
}

export class Wall {
  #grid;
  #actions;
  #tiles = new Map();
  /** The names in order, which is that of the grid. */
  #names = [];
  #byStream = new Map();
  #visible = new Set();
  #observer;
  #words = [];

  /**
   * `actions`: `open(name)`, `remove(name)`, `mayRemove(camera)`, `changed()` when other tiles are in
   * sight.
   */
  constructor(grid, actions) {
    this.#grid = grid;
    this.#actions = actions;
    this.#observer = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        const tile = this.#tiles.get(entry.target.dataset.name);
        if (tile?.node !== entry.target) continue;
        tile.see(entry.isIntersecting);
        if (entry.isIntersecting) this.#visible.add(tile);
        else this.#visible.delete(tile);
      }
      actions.changed();
    }, { rootMargin: "200px" });
  }

  get names() {
    return this.#names;
  }

  /** The names of the cameras in sight. */
  get visibleNames() {
    return [...this.#visible].map((tile) => tile.camera.name);
  }

  /** The streams whose tiles are in sight. */
  get visibleStreams() {
    return [...this.#visible].map((tile) => tile.stream).filter(Boolean);
  }

  get streamCount() {
    return this.#byStream.size;
  }

  get matchCount() {
    return this.#names.filter((name) => !this.#tiles.get(name).node.hidden).length;
  }

  camera(name) {
    return this.#tiles.get(name)?.camera;
  }

  /** Shows exactly these cameras, which come sorted by name. */
  reset(cameras) {
    const names = new Set(cameras.map((camera) => camera.name));
    for (const name of [...this.#names]) {
      if (!names.has(name)) this.drop(name);
    }
    for (const camera of cameras) this.put(camera);
  }

  /** Shows a camera, new or changed. */
  put(camera) {
    const known = this.#tiles.get(camera.name);
    if (known && known.camera.id !== camera.id) this.drop(camera.name);
    let tile = this.#tiles.get(camera.name);
    const before = tile?.stream;
    if (tile) tile.update(camera);
    else tile = this.#insert(camera);
    if (before && before !== tile.stream) this.#byStream.delete(before);
    if (tile.stream) this.#byStream.set(tile.stream, tile);
    this.#filterTile(tile);
  }

  drop(name) {
    const tile = this.#tiles.get(name);
    if (!tile) return;
    this.#observer.unobserve(tile.node);
    tile.node.remove();
    this.#tiles.delete(name);
    this.#visible.delete(tile);
    this.#names.splice(this.#place(name), 1);
    if (this.#byStream.get(tile.stream) === tile) this.#byStream.delete(tile.stream);
  }

  filter(text) {
    this.#words = text.toLowerCase().split(/\s+/).filter(Boolean);
    for (const tile of this.#tiles.values()) this.#filterTile(tile);
  }

  /** Only pictures in sight are decoded. */
  show(stream, frame) {
    const tile = this.#byStream.get(stream);
    if (tile?.isVisible && !document.hidden) tile.picture.show(frame);
  }

  tick() {
    for (const tile of this.#visible) tile.tick();
  }

  #insert(camera) {
    const tile = new Tile(camera, this.#actions);
    const place = this.#place(camera.name);
    const next = this.#tiles.get(this.#names[place])?.node ?? null;
    this.#names.splice(place, 0, camera.name);
    this.#tiles.set(camera.name, tile);
    this.#grid.insertBefore(tile.node, next);
    this.#observer.observe(tile.node);
    return tile;
  }

  /** Where a name is, or would be. */
  #place(name) {
    let low = 0;
    let high = this.#names.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#names[middle] < name) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #filterTile({ node, camera }) {
    if (!this.#words.length) {
      if (node.hidden) node.hidden = false;
      return;
    }
    const labels = Object.entries(camera.labels ?? {}).map((pair) => pair.join("="));
    const haystack = [camera.name, camera.spec.address ?? "", camera.spec.site ?? "", ...labels]
      .join(" ").toLowerCase();
    node.hidden = !this.#words.every((word) => haystack.includes(word));
  }
}
