// The feed of changes: one WebSocket that goes on where it was after every loss.

import { socketURL } from "./api.js";
import { subprotocols } from "./credential.js";

const protocol = "aspen.watch.v1";
const firstDelay = 500;
const maxDelay = 20_000;
const openTimeout = 10_000;
/** Bookmarks come every few seconds: a socket that says nothing for so long leads nowhere. */
const silenceLimit = 45_000;

/**
 * Follows changes after a revision. A lost socket is opened again, after a back-off with jitter, from
 * the last revision that was heard of. When that is no longer kept, or the door does not open at all,
 * `relist()` is called: only a list can say what is there and why the door stays closed.
 */
export class Feed {
  #kinds;
  #event;
  #relist;
  #state;
  #revision = null;
  #socket = null;
  #attempts = 0;
  #retry = null;
  #silence = null;

  /** `event(type, object)`; `relist()`; `state("live" | "connecting" | "closed")`. */
  constructor(kinds, { event, relist, state = () => {} }) {
    this.#kinds = kinds;
    this.#event = event;
    this.#relist = relist;
    this.#state = state;
  }

  /** Begins after a revision, which a list has told. */
  follow(revision) {
    this.#revision = revision;
    this.#open();
  }

  stop() {
    clearTimeout(this.#retry);
    this.#discard();
    this.#revision = null;
    this.#attempts = 0;
    this.#state("closed");
  }

  /** Tries again at once: the network or the controller is back. */
  reopen() {
    if (this.#revision === null || this.#socket?.readyState === WebSocket.OPEN) return;
    this.#attempts = 0;
    this.#open();
  }

  #open() {
    clearTimeout(this.#retry);
    this.#discard();
    const query = { kinds: this.#kinds.join(","), from: this.#revision, bookmarks: true };
    const socket = new WebSocket(socketURL("v1/watch", query), subprotocols(protocol));
    const timeout = setTimeout(() => socket.close(), openTimeout);
    let wasOpen = false;
    this.#socket = socket;
    socket.onopen = () => {
      clearTimeout(timeout);
      wasOpen = true;
      this.#listen();
      this.#state("live");
    };
    socket.onmessage = (message) => {
      this.#listen();
      this.#hear(message.data);
    };
    socket.onclose = () => {
      clearTimeout(timeout);
      clearTimeout(this.#silence);
      this.#socket = null;
      this.#state("connecting");
      this.#later(() => (wasOpen ? this.#open() : this.#relist()));
    };
  }

  #listen() {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#open(), silenceLimit);
  }

  #hear(text) {
    let event;
    try {
      event = JSON.parse(text);
    } catch {
      return;
    }
    this.#attempts = 0;
    if (event.type === "gone") {
      this.#discard();
      this.#state("connecting");
      this.#later(() => this.#relist());
      return;
    }
    if (event.revision > this.#revision) this.#revision = event.revision;
    if (event.type !== "bookmark") this.#event(event.type, event.object, event.kind);
  }

  #later(action) {
    const delay = Math.min(maxDelay, firstDelay * 2 ** this.#attempts) * (0.5 + Math.random() / 2);
    this.#attempts = Math.min(this.#attempts + 1, 16);
    clearTimeout(this.#retry);
    this.#retry = setTimeout(action, delay);
  }

  #discard() {
    const socket = this.#socket;
    clearTimeout(this.#silence);
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}
