// The REST API as the page uses it.

import { authorization } from "./credential.js";
import { sentence } from "./words.js";

const pageLimit = 500;
const maxPages = 20; // 10,000 tiles are more than a browser shows.
const timeout = 15_000;
/** Longer waits than this are left to whoever asked, who is told. */
const longestWait = 10;
const maxRepeats = 3;
const maxOpenKeys = 100;

const plurals = {
  camera: "cameras", stream: "streams", worker: "workers", site: "sites", token: "tokens",
  role_binding: "role-bindings", user: "users", join_token: "join-tokens", operation: "operations",
  controller: "controllers",
};

let clockOffset = 0;
/** Keys of requests that have no answer yet, so that sending one again does not do it twice. */
const openKeys = new Map();

/** The controller's time in ms: captures are stamped there, and this machine's clock may be off. */
export function serverNow() {
  return Date.now() + clockOffset;
}

export function socketURL(path, query) {
  const url = new URL(path, document.baseURI);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.search = parameters(query);
  url.hash = "";
  return url.href;
}

/**
 * A failed request. `kind`: `unreachable`, `unauthorized` or `problem`; `code` is that of the problem
 * document; `fields` say what is wrong where; `retryAfter` is in seconds.
 */
export class APIError extends Error {
  constructor(kind, message, { code = null, fields = [], retryAfter = null } = {}) {
    super(message);
    Object.assign(this, { kind, code, fields, retryAfter });
  }
}

export const list = (kind, query) => request("GET", path(kind), { query });
export const get = (kind, name, query) => request("GET", path(kind, name), { query });
export const create = (kind, body) => request("POST", path(kind), { body, isOnce: true });
/** Sends a merge patch for the version that was shown. */
export const update = (resource, patch) =>
  request("PATCH", path(resource.kind, resource.name), { body: patch, version: resource.resource_version });
/** Deletes; the answer is null when it is gone, or the resource while it is stopping. */
export const remove = (resource) =>
  request("DELETE", path(resource.kind, resource.name), { version: resource.resource_version });
export const history = (kind, name, cursor) =>
  request("GET", path(kind, name, "/history"), { query: { limit: 20, cursor } });
export const revert = (resource, generation) =>
  request("POST", path(resource.kind, resource.name, "/revert"), {
    body: { generation }, version: resource.resource_version, isOnce: true,
  });
export const workerDrain = (name) => request("POST", path("worker", name, "/drain"), { isOnce: true });
export const streamExplain = (name) => request("GET", path("stream", name, "/explain"));
export const viewLinkCreate = (stream, seconds) =>
  request("POST", "v1/view-links", { body: { stream, expires_in_seconds: seconds } });
export const auditEntryList = (query) => request("GET", "v1/audit-entries", { query });
export const sessionGet = () => request("GET", "v1/session");
export const sessionCreate = (username, password) =>
  request("POST", "v1/session", { body: { username, password } });
export const sessionDelete = () => request("DELETE", "v1/session");
export const setupComplete = (token, username, password) =>
  request("POST", "v1/setup", { body: { token, username, password } });

/** Every page of a list. `revision` is that of the first page: what follows it has missed nothing. */
export async function listAll(kind, query = {}) {
  const items = [];
  let revision = null;
  let cursor = null;
  for (let page = 0; page < maxPages; page += 1) {
    const answer = await list(kind, { limit: pageLimit, ...query, cursor });
    items.push(...answer.items);
    revision ??= answer.revision ?? null;
    cursor = answer.next_cursor;
    if (!cursor) break;
  }
  return { items, revision, isWhole: !cursor };
}

function path(kind, name, rest = "") {
  const collection = `v1/${plurals[kind]}`;
  return name === undefined ? collection : `${collection}/${encodeURIComponent(name)}${rest}`;
}

function parameters(query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return new URLSearchParams(given).toString();
}

/** Sends a request; repeats it when the controller asks to wait a little, or when that is safe. */
async function request(method, target, { query, body, version, isOnce = false } = {}) {
  const url = new URL(target, document.baseURI);
  url.search = parameters(query);
  url.hash = "";
  const text = body && JSON.stringify(body);
  const headers = { ...authorization(), Accept: "application/json" };
  if (text) headers["Content-Type"] = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  if (version !== undefined) headers["If-Match"] = `"${version}"`;
  const signature = isOnce && [method, url.href, version, text].join(" ");
  if (isOnce) headers["Idempotency-Key"] = openKey(signature);
  for (let repeats = 0; ; repeats += 1) {
    try {
      const answer = await send(url, { method, headers, body: text });
      openKeys.delete(signature);
      return answer;
    } catch (error) {
      const wait = waitBeforeRepeat(error, repeats, isOnce);
      if (error.kind !== "unreachable" && wait === null) openKeys.delete(signature);
      if (wait === null) throw error;
      await new Promise((resume) => setTimeout(resume, wait));
    }
  }
}

/** Milliseconds, or null to give up. Only a request with a key may be sent again without an answer. */
function waitBeforeRepeat(error, repeats, isOnce) {
  if (repeats >= maxRepeats) return null;
  if (error.code === "rate_limited" && error.retryAfter <= longestWait) {
    return error.retryAfter * 1000 + Math.random() * 250;
  }
  return error.kind === "unreachable" && isOnce ? 500 * 2 ** repeats : null;
}

async function send(url, options) {
  let response;
  try {
    response = await fetch(url, {
      ...options, cache: "no-store", credentials: "same-origin", signal: AbortSignal.timeout(timeout),
    });
  } catch {
    throw new APIError("unreachable", "Controller unreachable.");
  }
  learnClock(response);
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => null);
  if (response.ok && answer) return answer;
  throw failure(response, answer);
}

function failure(response, answer) {
  const { status } = response;
  // 502 to 504 come from a proxy in front of a controller that is away, 503 also from itself.
  const kind = status === 401 ? "unauthorized" : status >= 502 && status <= 504 ? "unreachable" : "problem";
  const retryAfter = Number(response.headers.get("Retry-After")) || 1;
  const words = [sentence(answer?.detail || answer?.title || `the controller answered ${status}`)];
  if (status === 429) words.push(`Try again in ${retryAfter} s.`);
  if (status === 500 && answer?.request_id) words.push(`Request ${answer.request_id}.`);
  const code = answer?.type?.split("/").at(-1) ?? (status === 429 ? "rate_limited" : null);
  return new APIError(kind, words.join(" "), { code, fields: answer?.errors, retryAfter });
}

/** A key for a request, the same until it has been answered. */
function openKey(signature) {
  const known = openKeys.get(signature);
  if (known) return known;
  if (openKeys.size >= maxOpenKeys) openKeys.delete(openKeys.keys().next().value);
  const random = crypto.getRandomValues(new Uint8Array(16));
  const key = Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
  openKeys.set(signature, key);
  return key;
}

function learnClock(response) {
  const date = Date.parse(response.headers.get("Date") ?? "");
  if (Number.isNaN(date)) return;
  // The header has whole seconds: only a difference beyond them says something.
  const offset = date + 500 - Date.now();
  clockOffset = Math.abs(offset) > 2_000 ? offset : 0;
}
