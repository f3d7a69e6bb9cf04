// Who is signed in, and what that person or program may do.

import { sessionCreate, sessionDelete, sessionGet, setupComplete } from "./api.js";
import { setToken } from "./credential.js";
import { matches } from "./selector.js";

const ranks = { viewer: 0, operator: 1, admin: 2 };
let current = null;

/** Asks who one is; throws what the API says. */
export async function restore() {
  current = await sessionGet();
}

export async function signIn(username, password) {
  setToken(null);
  current = await sessionCreate(username, password);
}

export async function signInWithToken(token) {
  setToken(token);
  try {
    await restore();
  } catch (error) {
    if (error.kind === "unauthorized") setToken(null);
    throw error;
  }
}

/** Makes the first administrator and signs in. */
export async function setUp(token, username, password) {
  setToken(null);
  current = await setupComplete(token, username, password);
}

/** Ends the session. Without the controller the cookie stays, so that is an error. */
export async function signOut() {
  try {
    await sessionDelete();
  } catch (error) {
    if (error.kind !== "unauthorized") throw error;
  } finally {
    setToken(null);
  }
  current = null;
}

/** Forgets a session that is over. */
export function forget() {
  setToken(null);
  current = null;
}

/** Whether there is a role of at least this rank for anything at all. */
export const may = (role) => grants(role).length > 0;

/** Whether the role holds for what belongs to no camera. */
export const mayCluster = (role) => grants(role).some((grant) => !grant.selector);

/** Whether the role holds for a camera with these labels. */
export const mayCamera = (role, labels) =>
  grants(role).some((grant) => !grant.selector || matches(grant.selector, labels));

export const userName = () => current?.subject?.name ?? "";

/** `admin`, or `operator of site=home · viewer`. */
export function roleWords() {
  const words = (current?.grants ?? []).map(({ role, selector }) => (selector ? `${role} of ${selector}` : role));
  return [...new Set(words)].join(" · ") || "no role";
}

function grants(role) {
  return (current?.grants ?? []).filter((grant) => ranks[grant.role] >= ranks[role]);
}
