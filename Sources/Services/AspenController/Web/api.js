// The REST API as the page uses it, and the token that opens it.

const storageKey = "aspen.token";
const pageLimit = 500;
const maxPages = 20; // 10,000 tiles are more than a browser shows.

let token = null;
let clockOffset = 0;

/** Takes the token from `#token=…`, which then leaves the address bar, or from this tab's storage. */
export function restoreToken() {
  const fromFragment = new URLSearchParams(location.hash.slice(1)).get("token");
  if (fromFragment) {
    history.replaceState(null, "", location.pathname + location.search);
    setToken(fromFragment);
  } else {
    token = sessionStorage.getItem(storageKey);
  }
  return token;
}

export function setToken(value) {
  token = value;
  if (value) sessionStorage.setItem(storageKey, value);
  else sessionStorage.removeItem(storageKey);
}

/** What a WebSocket offers: a browser cannot set its headers. */
export function subprotocols() {
  return ["aspen.frames.v1", `aspen.token.${token}`];
}

/** The controller's time in ms: captures are stamped there, and this machine's clock may be off. */
export function serverNow() {
  return Date.now() + clockOffset;
}

export function socketURL(path, query) {
  const url = new URL(path, document.baseURI);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.search = new URLSearchParams(query).toString();
  return url.href;
}

/** A failed request. `kind`: `unreachable`, `unauthorized` or `problem`. */
export class APIError extends Error {
  constructor(kind, message, fields = []) {
    super(message);
    this.kind = kind;
    this.fields = fields;
  }
}

/** Every camera, page by page. */
export async function cameraList() {
  const cameras = [];
  let cursor = null;
  for (let page = 0; page < maxPages; page += 1) {
    const query = new URLSearchParams({ limit: pageLimit });
    if (cursor) query.set("cursor", cursor);
    const list = await request("GET", `v1/cameras?${query}`);
    cameras.push(...list.items);
    cursor = list.next_cursor;
    if (!cursor) break;
  }
  return cameras.sort((a, b) => (a.name < b.name ? -1 : 1));
}

export const cameraCreate = (body) => request("POST", "v1/cameras", body);
export const cameraDelete = (name) => request("DELETE", `v1/cameras/${encodeURIComponent(name)}`);
export const streamGet = (name) => request("GET", `v1/streams/${encodeURIComponent(name)}`);

async function request(method, path, body) {
  const headers = { Authorization: `Bearer ${token}`, Accept: "application/json" };
  if (body) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(new URL(path, document.baseURI), {
      method, headers, body: body && JSON.stringify(body), cache: "no-store",
      signal: AbortSignal.timeout(10_000),
    });
  } catch {
    throw new APIError("unreachable", "Controller unreachable.");
  }
  learnClock(response);
  const answer = response.status === 204 ? null : await response.json().catch(() => null);
  if (response.ok && (answer || response.status === 204)) return answer;
  if (response.status === 401) {
    throw new APIError("unauthorized", "Token refused: it is wrong, revoked or expired.");
  }
  const words = answer?.detail || answer?.title || `The controller answered ${response.status}.`;
  // 502 to 504 come from a proxy in front of a controller that is away, 503 also from itself.
  const isAway = response.status >= 502 && response.status <= 504;
  throw new APIError(isAway ? "unreachable" : "problem", words, answer?.errors);
}

function learnClock(response) {
  const date = Date.parse(response.headers.get("Date") ?? "");
  if (Number.isNaN(date)) return;
  // The header has whole seconds: only a difference beyond them says something.
  const offset = date + 500 - Date.now();
  clockOffset = Math.abs(offset) > 2_000 ? offset : 0;
}
