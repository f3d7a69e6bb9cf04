// Frames from the controller: one WebSocket, kept open for ever.

import { socketURL } from "./api.js";
import { subprotocols } from "./credential.js";

const protocol = "aspen.frames.v1";

const headerBytes = 44;
const firstDelay = 500;
const maxDelay = 20_000;
const openTimeout = 10_000;

/**
 * Reads the head of a frame message (version 1, network byte order): version u8, kind u8,
 * flags u16, stream i64, generation i64, sequence i64, capture time in µs i64, width u16,
 * height u16, metadata length u32; then metadata, then the JPEG. Null if it is none.
 */
export function parseFrame(buffer) {
  if (buffer.byteLength <= headerBytes) return null;
  const view = new DataView(buffer);
  const payload = headerBytes + view.getUint32(40);
  if (view.getUint8(0) !== 1 || view.getUint8(1) !== 1 || payload >= buffer.byteLength) return null;
  return {
    stream: Number(view.getBigInt64(4)),
    captured: Number(view.getBigInt64(28)) / 1000,
    width: view.getUint16(36),
    height: view.getUint16(38),
    jpeg: new Uint8Array(buffer, payload),
  };
}

/**
 * Follows one wanted address. A change of it opens the new socket before the old one is closed, so
 * pictures never stop; a lost socket is opened again after a back-off with jitter.
 */
export class FrameSocket {
  #wanted = null;
  #current = null;
  #next = null;
  #attempts = 0;
  #retry = null;
  #onFrame;
  #onState;
  #isAnonymous;

  /**
   * `onFrame(streamName, frame)`; `onState("live" | "connecting" | "closed")`; `isAnonymous` sends no
   * token of one's own, as for a shared link, which has its own in the address.
   */
  constructor(onFrame, onState = () => {}, { isAnonymous = false } = {}) {
    this.#onFrame = onFrame;
    this.#onState = onState;
    this.#isAnonymous = isAnonymous;
  }

  /** Watches `path?query`; null watches nothing. */
  want(path, query = {}) {
    const url = path && socketURL(path, query);
    if (url === this.#wanted) return;
    this.#wanted = url;
    this.#attempts = 0;
    if (url) return this.#open();
    clearTimeout(this.#retry);
    this.#retry = null;
    this.#discard(this.#current);
    this.#discard(this.#next);
    this.#current = this.#next = null;
    this.#onState("closed");
  }

  /** Opens again at once: the network or the controller is back. */
  reopen() {
    this.#attempts = 0;
    if (this.#wanted) this.#open();
  }

  #open() {
    clearTimeout(this.#retry);
    this.#retry = null;
    this.#discard(this.#next);
    const socket = new WebSocket(this.#wanted, subprotocols(protocol, this.#isAnonymous));
    const names = new Map();
    const timeout = setTimeout(() => socket.close(), openTimeout);
    this.#next = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => clearTimeout(timeout);
    socket.onmessage = (message) => {
      if (socket === this.#next) this.#promote(socket);
      if (typeof message.data === "string") return learnNames(names, message.data);
      const frame = parseFrame(message.data);
      const name = frame && names.get(frame.stream);
      if (name) this.#onFrame(name, frame);
    };
    socket.onclose = () => {
      clearTimeout(timeout);
      if (socket === this.#next) this.#next = null;
      else this.#current = null;
      if (!this.#current) this.#onState("connecting");
      if (!this.#next && this.#wanted) this.#openLater();
    };
  }

  #promote(socket) {
    this.#discard(this.#current);
    this.#current = socket;
    this.#next = null;
    this.#attempts = 0;
    this.#onState("live");
  }

  #openLater() {
    const delay = Math.min(maxDelay, firstDelay * 2 ** this.#attempts) * (0.5 + Math.random() / 2);
    this.#attempts = Math.min(this.#attempts + 1, 16);
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#open(), delay);
  }

  #discard(socket) {
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}

function learnNames(names, text) {
  let message;
  try {
    message = JSON.parse(text);
  } catch {
    return;
  }
  if (message.type !== "streams") return;
  names.clear();
  for (const stream of message.streams) names.set(stream.id, stream.name);
}
