// What opens the API for this tab: a token of its own, or else the cookie that only the browser sees.

const storageKey = "aspen.token";
let token = sessionStorage.getItem(storageKey);

export function setToken(value) {
  token = value || null;
  if (token) sessionStorage.setItem(storageKey, token);
  else sessionStorage.removeItem(storageKey);
}

export const hasToken = () => token !== null;

/** The header that proves who asks; none for the cookie. */
export function authorization() {
  return token ? { Authorization: `Bearer ${token}` } : {};
}

/** What a WebSocket offers: a browser cannot set its headers. */
export function subprotocols(protocol, isAnonymous = false) {
  return token && !isAnonymous ? [protocol, `aspen.token.${token}`] : [protocol];
}

/**
 * What the fragment of the address hands over: `{ token }`, `{ setup }` or `{ view, stream }`. Secrets
 * that are for one person leave the address bar; a shared link stays, so that it can be reloaded.
 */
export function takeFragment() {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const given = Object.fromEntries(["token", "setup", "view", "stream"].flatMap((name) =>
    fragment.get(name) ? [[name, fragment.get(name)]] : []));
  if (given.token || given.setup) {
    history.replaceState(null, "", location.pathname + location.search);
  }
  return given;
}
