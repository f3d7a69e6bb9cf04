// One canvas that shows the newest frame of one stream.

import { serverNow } from "./api.js";
import { age, rate } from "./words.js";

const staleAfter = 3_000;

export class Picture {
  #context = null;
  #pending = null;
  #isDecoding = false;
  #arrivals = [];
  #shown = null;

  constructor() {
    this.canvas = document.createElement("canvas");
    // It holds no pixels before the first picture: a wall may have thousands of tiles.
    this.canvas.width = this.canvas.height = 0;
  }

  /** Takes a frame. While one is decoded only the newest of the others is kept. */
  show(frame) {
    this.#arrivals.push(performance.now());
    if (this.#arrivals.length > 240) this.#arrivals.shift();
    this.#pending = frame;
    if (!this.#isDecoding) this.#decode();
  }

  /** Lets its pixels go; the next frame brings them back. */
  release() {
    this.#pending = this.#shown = null;
    this.#arrivals = [];
    this.canvas.width = this.canvas.height = 0;
  }

  /** Whether a picture arrived lately. */
  get isLive() {
    return performance.now() - (this.#arrivals.at(-1) ?? -Infinity) < staleAfter;
  }

  /** Whether there ever was a picture. */
  get hasPicture() {
    return this.#shown !== null;
  }

  /** `640×360 · 10 fps · 80 ms`, or nothing before the first picture. */
  facts() {
    if (!this.#shown) return "";
    const size = `${this.#shown.width}×${this.#shown.height}`;
    const since = age(serverNow() - this.#shown.captured);
    return this.isLive ? `${size} · ${rate(this.#rate())} · ${since}` : `${size} · ${since} ago`;
  }

  #rate() {
    const now = performance.now();
    while (this.#arrivals.length > 2 && now - this.#arrivals[0] > 5_000) this.#arrivals.shift();
    const span = this.#arrivals.at(-1) - this.#arrivals[0];
    return span > 0 ? ((this.#arrivals.length - 1) * 1000) / span : 0;
  }

  async #decode() {
    this.#isDecoding = true;
    while (this.#pending) {
      const frame = this.#pending;
      this.#pending = null;
      try {
        const blob = new Blob([frame.jpeg], { type: "image/jpeg" });
        const bitmap = await createImageBitmap(blob);
        if (this.#arrivals.length) this.#draw(bitmap, frame);
        bitmap.close();
      } catch {
        // A damaged picture is skipped; the next one comes.
      }
    }
    this.#isDecoding = false;
  }

  #draw(bitmap, frame) {
    if (this.canvas.width !== bitmap.width || this.canvas.height !== bitmap.height) {
      this.canvas.width = bitmap.width;
      this.canvas.height = bitmap.height;
    }
    this.#context ??= this.canvas.getContext("2d", { alpha: false });
    this.#context.drawImage(bitmap, 0, 0);
    this.#shown = { width: bitmap.width, height: bitmap.height, captured: frame.captured };
  }
}
