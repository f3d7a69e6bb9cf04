// The page: signs in, shows the view that the address names, and decides which frames to ask for.

import { AccessView } from "./access.js";
import { AuditView } from "./audit.js";
import { CameraView } from "./camera.js";
import { addCamera } from "./camera_form.js";
import { CameraList } from "./cameras.js";
import { hasToken, setToken, takeFragment } from "./credential.js";
import { deleteDialog } from "./dialogs.js";
import { setText } from "./elements.js";
import { FrameSocket } from "./frames.js";
import { forget, may, mayCamera, mayCluster, restore, roleWords, signOut, userName } from "./session.js";
import { showShared } from "./shared.js";
import { SignIn } from "./signin.js";
import { Viewer } from "./viewer.js";
import { Wall } from "./wall.js";
import { counts } from "./words.js";
import { WorkersView } from "./workers.js";

/** A tile needs no more; the large view has the full rate. */
const wallDemand = { fps: 10, width: 640 };
/** Behind the large view or in a hidden tab, just enough to be there again at once. */
const idleDemand = { fps: 1, width: 640 };
/** A tab hidden for so long wants nothing at all. */
const hiddenLimit = 60_000;
const settleTime = 300;
const maxRetry = 15_000;

const byId = (id) => document.getElementById(id);

let isSignedIn = false;
let isReachable = true;
let link = "closed";
let hiddenSince = null;
let demandTimer = null;
let countTimer = null;
let restoreTimer = null;
let route = null;

const wall = new Wall(byId("wall"), {
  open: (name) => viewer.open(name),
  remove: removeCamera,
  mayRemove: (camera) => mayCamera("operator", camera.labels),
  changed: () => demandSoon(),
});
const viewer = new Viewer(byId("viewer"), wall, () => demandSoon());
const cameras = new CameraList({
  reset: (all) => {
    wall.reset(all);
    camerasChanged();
  },
  put: (camera) => {
    wall.put(camera);
    camerasChanged(camera.name);
  },
  drop: (name) => {
    wall.drop(name);
    camerasChanged(name);
  },
  inSight: () => wall.visibleNames,
  link: (state) => {
    link = state;
    showLink();
  },
  failed,
  reached,
});
const frames = new FrameSocket((stream, frame) => wall.show(stream, frame));
const signInForms = new SignIn(byId("signin"), enter);
const cameraView = new CameraView(byId("camera"), {
  open: (name) => viewer.open(name),
  remove: removeCamera,
  changed: (camera) => cameras.take(camera),
  failed,
});

/** Each view: its section, whether one may see it, and what shows and hides it. */
const views = {
  cameras: { title: "Cameras", isAllowed: () => true, show: showCameras, hide: () => cameraView.hide() },
  workers: viewOf("Workers", () => mayCluster("viewer"), new WorkersView(byId("workers"), failed)),
  access: viewOf("Access", () => mayCluster("admin"), new AccessView(byId("access"))),
  audit: viewOf("Audit", () => mayCluster("admin"), new AuditView(byId("audit"))),
};

byId("add").onclick = byId("first").onclick = askAdd;
byId("leave").onclick = leave;
byId("filter").oninput = (event) => {
  wall.filter(event.target.value);
  camerasChanged();
};
document.addEventListener("visibilitychange", () => {
  hiddenSince = document.hidden ? Date.now() : null;
  cameraView.follow(!document.hidden);
  demand();
  if (!document.hidden) cameras.wake();
});
window.addEventListener("online", () => cameras.wake());
window.addEventListener("hashchange", () => begin(takeFragment()));
setInterval(tick, 500);
begin(takeFragment());

/** Begins with what the fragment of the address hands over, or goes where it names. */
async function begin(given) {
  if (given.view && given.stream) return showSharedPage(given);
  if (document.body.classList.contains("shared")) return location.reload();
  if (given.setup) {
    close();
    showSignIn();
    return signInForms.showSetup(given.setup);
  }
  if (given.token) {
    close();
    setToken(given.token);
  } else if (isSignedIn) {
    return go(true);
  } else if (!byId("signin").hidden) {
    return;
  }
  await resume();
}

/** Finds out who one is; an absent controller is waited for. */
async function resume(delay = 1_000) {
  clearTimeout(restoreTimer);
  try {
    await restore();
  } catch (error) {
    if (error.kind === "unauthorized") return over(hasToken() ? error.message : null);
    say(`${error.message} Trying again…`);
    restoreTimer = setTimeout(() => resume(Math.min(maxRetry, delay * 2)), delay);
    return;
  }
  say(null);
  await enter();
}

async function enter() {
  isSignedIn = true;
  isReachable = true;
  byId("signin").hidden = true;
  byId("tools").hidden = false;
  byId("add").hidden = byId("first").hidden = !may("operator");
  setText(byId("who"), userName());
  byId("who").title = `${userName()}: ${roleWords()}`;
  setText(byId("role"), roleWords());
  for (const anchor of document.querySelectorAll("nav a[data-view]")) {
    anchor.hidden = !views[anchor.dataset.view].isAllowed();
  }
  go(false);
  await cameras.start();
}

async function leave() {
  try {
    await signOut();
    over(null);
  } catch (error) {
    say(`You are still signed in: ${error.message}`);
  }
}

/** The session is over: nothing of it stays on the page. */
function over(why) {
  forget();
  close();
  showSignIn();
  signInForms.show(why);
}

function close() {
  isSignedIn = false;
  clearTimeout(restoreTimer);
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  cameras.stop();
  views[route?.view]?.hide();
  route = null;
  demand();
  say(null);
}

function showSignIn() {
  byId("tools").hidden = true;
  for (const section of document.querySelectorAll("main > section")) section.hidden = section.id !== "signin";
  byId("unmatched").hidden = true;
  setText(byId("counts"), "");
  document.title = "Sign in · ASPEN";
  showLink();
}

function showSharedPage(given) {
  document.body.classList.add("shared");
  for (const section of document.querySelectorAll("main > section")) section.hidden = section.id !== "shared";
  document.title = `${given.stream} · ASPEN`;
  showShared(byId("shared"), given);
  window.addEventListener("hashchange", () => location.reload());
}

/** Shows the view that the address names. */
function go(isByUser) {
  const [name, argument] = location.hash.slice(1).split("/").map(decode);
  const view = views[name]?.isAllowed() ? name : "cameras";
  const next = { view, argument: view === name ? argument : undefined };
  if (route && route.view === next.view && route.argument === next.argument) return;
  views[route?.view]?.hide();
  route = next;
  const sections = view === "cameras" ? [argument ? "camera" : "cameras"] : [view];
  for (const section of document.querySelectorAll("main > section")) section.hidden = !sections.includes(section.id);
  for (const anchor of document.querySelectorAll("nav a[data-view]")) {
    if (anchor.dataset.view === view) anchor.setAttribute("aria-current", "page");
    else anchor.removeAttribute("aria-current");
  }
  document.title = `${argument ?? views[view].title} · ASPEN`;
  views[view].show(next.argument);
  camerasChanged();
  demand();
  window.scrollTo(0, 0);
  if (isByUser) byId(sections[0]).querySelector("h2")?.focus();
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function viewOf(title, isAllowed, view) {
  return { title, isAllowed, show: () => view.show(), hide: () => view.hide() };
}

function showCameras(name) {
  if (name) cameraView.show(name);
}

async function askAdd() {
  const camera = await addCamera();
  if (camera) cameras.take(camera);
}

async function removeCamera(name) {
  const camera = cameras.get(name);
  if (!camera) return;
  const outcome = await deleteDialog(camera, "and its streams are removed. The camera itself is not touched.");
  if (!outcome) return;
  cameras.take(outcome.resource, name);
  if (!outcome.resource && route?.argument === name) location.hash = "#cameras";
}

/** Shows the counts and what there is instead of tiles, soon and once for many changes. */
function camerasChanged(name) {
  if (name && name === cameraView.name) cameraView.refresh();
  demandSoon();
  countTimer ??= setTimeout(() => {
    countTimer = null;
    if (!isSignedIn) return;
    const all = cameras.all;
    byId("empty").hidden = all.length > 0 || !cameras.isListed;
    byId("wall").hidden = !all.length;
    byId("unmatched").hidden = !all.length || wall.matchCount > 0;
    setText(byId("counts"), counts(all));
    viewer.tick();
  }, 50);
}

/** The controller answers, after it may have been away. */
function reached() {
  if (!isReachable) {
    frames.reopen();
    viewer.reopen();
  }
  isReachable = true;
  say(null);
  showLink();
}

function failed(error) {
  if (!isSignedIn) return;
  if (error.kind === "unauthorized") return over(hasToken() ? error.message : "Your session is over.");
  isReachable = error.kind !== "unreachable";
  say(isReachable ? error.message : `${error.message} Trying again…`);
  showLink();
}

function tick() {
  if (hiddenSince && Date.now() - hiddenSince > hiddenLimit) demand();
  if (document.hidden) return;
  wall.tick();
  viewer.tick();
  cameraView.tick();
}

function demandSoon() {
  demandTimer ??= setTimeout(demand, settleTime);
}

/** Asks for the frames of the tiles in sight, in one WebSocket. */
function demand() {
  clearTimeout(demandTimer);
  demandTimer = null;
  viewer.follow();
  const streams = wall.visibleStreams;
  const isIdle = document.hidden || viewer.isOpen;
  const isForgotten = hiddenSince !== null && Date.now() - hiddenSince > hiddenLimit;
  const isElsewhere = route?.view !== "cameras" || Boolean(route.argument);
  if (!isSignedIn || !streams.length || isForgotten || isElsewhere) return frames.want(null);
  const query = { mode: "header", ...(isIdle ? idleDemand : wallDemand) };
  // All of them need no list, and then a new camera needs no new socket.
  if (streams.length < wall.streamCount) query.streams = streams.sort().join(",");
  frames.want("v1/frames", query);
}

function showLink() {
  const node = byId("link");
  const state = isReachable ? link : "away";
  node.hidden = !isSignedIn || state === "closed";
  node.dataset.state = state;
  setText(node, { away: "Controller unreachable", connecting: "Connecting…", live: "Connected" }[state] ?? "");
}

function say(words) {
  const notice = byId("notice");
  notice.hidden = !words;
  setText(notice, words ?? "");
}
