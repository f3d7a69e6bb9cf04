// The cameras as they are now: listed once, then followed by the feed. What they do is asked for now and
// then, because the feed tells only what people and programs have changed.

import { get, list, listAll } from "./api.js";
import { Feed } from "./feed.js";

const statusInterval = 5_000;
const hiddenInterval = 30_000;
/** One request tells so many; of more cameras only those in sight are asked for each time. */
const statusPage = 500;
const wholeInterval = 60_000;
const mostSingle = 60;
const concurrency = 6;
const soon = 300;
const firstRetry = 1_000;
const maxRetry = 15_000;
const statusFields = "id,name,status,deletion_requested_at";

export class CameraList {
  #cameras = new Map();
  #feed;
  #tell;
  #isRunning = false;
  #lists = 0;
  #failures = 0;
  #isListed = false;
  #retry = null;
  #timer = null;
  #wholeAt = 0;
  #isPolling = false;

  /**
   * `tell`: `reset(cameras)`, `put(camera)`, `drop(name)`, `failed(error)`, `reached()`,
   * `link(state)`, and `inSight()`, the names whose state matters most.
   */
  constructor(tell) {
    this.#tell = tell;
    this.#feed = new Feed(["camera", "stream"], {
      event: (type, object, kind) => this.#hear(type, object, kind),
      relist: () => this.#relist(),
      state: (state) => tell.link(state),
    });
  }

  get all() {
    return [...this.#cameras.values()];
  }

  get(name) {
    return this.#cameras.get(name);
  }

  /** Whether the cameras are known, so that none means that there are none. */
  get isListed() {
    return this.#isListed;
  }

  /** Lists and follows. What fails is told to `failed`, and tried again. */
  async start() {
    this.#isRunning = true;
    await this.#relist();
  }

  stop() {
    this.#isRunning = false;
    this.#isListed = false;
    this.#lists += 1;
    clearTimeout(this.#timer);
    clearTimeout(this.#retry);
    this.#feed.stop();
    this.#cameras.clear();
    this.#tell.reset([]);
  }

  /** Takes what a change answered, without waiting for the feed; null is gone. */
  take(camera, name) {
    if (camera) this.#put(camera);
    else this.#drop(name);
    this.statusSoon();
  }

  /** Asks for the state soon, and the feed tries again at once. */
  wake() {
    if (!this.#isRunning) return;
    if (!this.#isListed) return this.#relist();
    this.#feed.reopen();
    this.statusSoon();
  }

  statusSoon() {
    this.#schedule(soon);
  }

  async #relist() {
    const number = (this.#lists += 1);
    this.#isListed = false;
    clearTimeout(this.#timer);
    clearTimeout(this.#retry);
    try {
      const { items, revision } = await listAll("camera");
      if (number !== this.#lists) return;
      this.#failures = 0;
      this.#isListed = true;
      items.sort((a, b) => (a.name < b.name ? -1 : 1));
      this.#cameras = new Map(items.map((camera) => [camera.name, camera]));
      this.#wholeAt = Date.now();
      this.#tell.reached();
      this.#tell.reset(items);
      this.#feed.follow(revision ?? 0);
      this.#schedule();
    } catch (error) {
      if (number !== this.#lists) return;
      this.#tell.failed(error);
      if (!this.#isRunning) return;
      const delay = Math.min(maxRetry, firstRetry * 2 ** this.#failures) * (0.75 + Math.random() / 2);
      this.#failures = Math.min(this.#failures + 1, 10);
      this.#retry = setTimeout(() => this.#relist(), delay);
    }
  }

  #hear(type, object, kind) {
    if (kind === "camera" || object?.kind === "camera") {
      if (type === "deleted") this.#drop(object.name, object.id);
      else this.#put(object);
    }
    // A change of a camera or of its streams shows in its state.
    this.statusSoon();
  }

  #put(object) {
    const known = this.#cameras.get(object.name);
    const isSame = known && known.id === object.id;
    if (isSame && known.resource_version > object.resource_version) return;
    // The feed says nothing of the state, so what is known stays until it is asked for again.
    const camera = { ...object, status: object.status ?? (isSame ? known.status : {}) };
    if (isSame) camera.deletion_requested_at ??= known.deletion_requested_at;
    this.#cameras.set(camera.name, camera);
    this.#tell.put(camera);
  }

  #drop(name, id) {
    const known = this.#cameras.get(name);
    if (!known || (id !== undefined && known.id !== id)) return;
    this.#cameras.delete(name);
    this.#tell.drop(name);
  }

  #schedule(interval) {
    if (!this.#isListed) return;
    clearTimeout(this.#timer);
    const usual = (document.hidden ? hiddenInterval : statusInterval) * (0.9 + Math.random() * 0.2);
    this.#timer = setTimeout(() => this.#pollStatus(), interval ?? usual);
  }

  async #pollStatus() {
    if (this.#isPolling) return this.#schedule(soon);
    this.#isPolling = true;
    const number = this.#lists;
    let interval;
    try {
      const isWhole = this.#cameras.size <= statusPage || Date.now() - this.#wholeAt > wholeInterval;
      const states = isWhole ? await this.#wholeStatus() : await this.#statusInSight();
      if (number !== this.#lists) return;
      for (const state of states) this.#learn(state);
      this.#tell.reached();
    } catch (error) {
      if (number !== this.#lists) return;
      this.#tell.failed(error);
      if (error.code === "rate_limited") interval = error.retryAfter * 1000;
    } finally {
      this.#isPolling = false;
    }
    if (number === this.#lists) this.#schedule(interval);
  }

  async #wholeStatus() {
    if (this.#cameras.size <= statusPage) {
      return (await list("camera", { limit: statusPage, fields: statusFields })).items;
    }
    this.#wholeAt = Date.now();
    return (await listAll("camera", { fields: statusFields })).items;
  }

  /** The state of each camera in sight, a few requests at a time. */
  async #statusInSight() {
    const names = this.#tell.inSight().slice(0, mostSingle);
    const states = [];
    const worker = async () => {
      for (let name = names.pop(); name !== undefined; name = names.pop()) {
        const state = await get("camera", name, { fields: statusFields }).catch((error) => {
          if (error.code !== "not_found") throw error;
        });
        if (state) states.push(state);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    return states;
  }

  #learn({ id, name, status, deletion_requested_at: stopsAt }) {
    const known = this.#cameras.get(name);
    if (!known || known.id !== id) return;
    const isSame = known.deletion_requested_at === stopsAt && JSON.stringify(known.status) === JSON.stringify(status);
    if (isSame) return;
    const camera = { ...known, status, deletion_requested_at: stopsAt };
    this.#cameras.set(name, camera);
    this.#tell.put(camera);
  }
}
