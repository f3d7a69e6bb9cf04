// The page: signs in, keeps the list of cameras fresh and decides which frames to ask for.

import { cameraList, restoreToken, setToken } from "./api.js";
import { makeAddDialog, makeDeleteDialog, onSubmit, Viewer } from "./dialogs.js";
import { FrameSocket } from "./frames.js";
import { setText, Wall } from "./wall.js";
import { counts } from "./words.js";

const pollInterval = 3_000;
const hiddenPollInterval = 30_000;
/** A tile needs no more; the large view has the full rate. */
const wallDemand = { fps: 10, width: 640 };
/** Behind the large view or in a hidden tab, just enough to be there again at once. */
const idleDemand = { fps: 1, width: 640 };
/** A tab hidden for so long wants nothing at all. */
const hiddenLimit = 60_000;
const settleTime = 300;

const byId = (id) => document.getElementById(id);
const login = byId("login");
const grid = byId("wall");

let isSignedIn = false;
let isReachable = true;
let socketState = "closed";
let hiddenSince = null;
let pollTimer = null;
let demandTimer = null;
let polls = 0;

const wall = new Wall(grid, {
  open: (name) => viewer.open(name),
  remove: (name) => askDelete(name),
  changed: () => demandSoon(),
});
const viewer = new Viewer(byId("viewer"), wall, () => demandSoon());
const askAdd = makeAddDialog(byId("camera_new"), poll);
const askDelete = makeDeleteDialog(byId("camera_delete"), poll);
const frames = new FrameSocket(
  (stream, frame) => wall.show(stream, frame),
  (state) => {
    socketState = state;
    showLink();
  });

byId("add").onclick = askAdd;
byId("empty").querySelector("button").onclick = askAdd;
byId("leave").onclick = () => signOut();
byId("filter").oninput = (event) => {
  wall.filter(event.target.value);
  showCameras();
};
onSubmit(login, async () => {
  setToken(login.elements.namedItem("token").value.trim());
  await signIn();
  login.reset();
});
document.addEventListener("visibilitychange", () => {
  hiddenSince = document.hidden ? Date.now() : null;
  viewer.follow();
  demand();
  if (isSignedIn) schedulePoll(document.hidden ? hiddenPollInterval : 0);
});
window.addEventListener("online", () => isSignedIn && poll());
window.addEventListener("hashchange", () => restoreToken() && start());
setInterval(() => {
  if (hiddenSince && Date.now() - hiddenSince > hiddenLimit) demand();
  if (document.hidden) return;
  wall.tick();
  viewer.tick();
}, 500);
start();

async function start() {
  if (!restoreToken()) return show(login);
  await signIn().catch((error) => signOut(error.message));
}

/** Fetches the list once; a refused token throws, an absent controller is waited for. */
async function signIn() {
  isSignedIn = true;
  await poll();
  if (!isSignedIn) throw new Error("Token refused: it is wrong, revoked or expired.");
}

function signOut(why) {
  isSignedIn = false;
  setToken(null);
  clearTimeout(pollTimer);
  viewer.close();
  wall.update([]);
  demand();
  say(null);
  show(login);
  const problem = login.querySelector(".problem");
  problem.hidden = !why;
  problem.textContent = why ?? "";
}

/** Reads the cameras, and again after a while, for ever. A newer poll supersedes an older one. */
async function poll() {
  const number = (polls += 1);
  clearTimeout(pollTimer);
  try {
    const cameras = await cameraList();
    if (!isSignedIn || number !== polls) return;
    if (!isReachable) {
      frames.reopen();
      viewer.reopen();
    }
    isReachable = true;
    say(null);
    wall.update(cameras);
    showCameras();
    viewer.refresh();
    demandSoon();
  } catch (error) {
    if (!isSignedIn || number !== polls) return;
    if (error.kind === "unauthorized") return signOut(error.message);
    isReachable = error.kind !== "unreachable";
    say(isReachable ? error.message : `${error.message} Trying again…`);
    if (login.hidden === false) show(grid);
  }
  showLink();
  schedulePoll(document.hidden ? hiddenPollInterval : pollInterval);
}

function schedulePoll(interval) {
  clearTimeout(pollTimer);
  pollTimer = setTimeout(poll, interval * (0.9 + Math.random() * 0.2));
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
  if (!isSignedIn || !streams.length || isForgotten) return frames.want(null);
  const query = { mode: "header", ...(isIdle ? idleDemand : wallDemand) };
  // All of them need no list, and then a new camera needs no new socket.
  if (streams.length < wall.streamCount) query.streams = streams.sort().join(",");
  frames.want("v1/frames", query);
}

function showCameras() {
  const { cameras } = wall;
  show(cameras.length ? grid : byId("empty"));
  byId("unmatched").hidden = !cameras.length || wall.matchCount > 0;
  setText(byId("counts"), counts(cameras));
}

function show(part) {
  for (const each of [login, byId("empty"), grid]) each.hidden = each !== part;
  byId("tools").hidden = part === login;
  if (part === login) {
    setText(byId("counts"), "");
    byId("unmatched").hidden = true;
    login.elements.namedItem("token").focus();
  }
  showLink();
}

function showLink() {
  const link = byId("link");
  const state = !isReachable ? "away" : socketState;
  link.hidden = !isSignedIn || state === "closed";
  link.dataset.state = state;
  setText(link, { away: "Controller unreachable", connecting: "Connecting…", live: "Connected" }[state] ?? "");
}

function say(words) {
  const notice = byId("notice");
  notice.hidden = !words;
  setText(notice, words ?? "");
}
