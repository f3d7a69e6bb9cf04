// A shared link: one stream's live picture, for whoever has the link, and nothing else.

import { element, setText } from "./elements.js";
import { FrameSocket } from "./frames.js";
import { Picture } from "./picture.js";

const askInterval = 10_000;
const firstAsk = 3_000;

/** Shows the stream of a view link in `section`, for as long as the page is open. */
export function showShared(section, { view, stream }) {
  const picture = new Picture();
  const words = element("p", { role: "status" });
  const facts = element("p", { className: "facts" });
  const stage = element("div", { className: "stage" }, picture.canvas, words);
  const path = `v1/streams/${encodeURIComponent(stream)}/frames`;
  let askedAt = Date.now() - askInterval + firstAsk;
  let isOver = false;
  const frames = new FrameSocket((_, frame) => picture.show(frame), () => {}, { isAnonymous: true });
  const follow = () => frames.want(document.hidden || isOver ? null : path, { mode: "header", view });

  section.replaceChildren(element("h2", { className: "unseen" }, `Live picture of ${stream}`), stage, facts);
  document.addEventListener("visibilitychange", follow);
  follow();
  setInterval(async () => {
    stage.classList.toggle("dim", !picture.isLive && picture.hasPicture);
    setText(facts, [stream, picture.facts()].filter(Boolean).join(" · "));
    if (!isOver) setText(words, picture.isLive ? "" : "Waiting for a picture…");
    if (picture.isLive || document.hidden || isOver || Date.now() - askedAt < askInterval) return;
    askedAt = Date.now();
    if (!(await isRefused(path, view))) return;
    isOver = true;
    follow();
    setText(words, "This link is not valid, or its time is over.");
  }, 500);
}

/** A browser does not tell why a WebSocket was refused, but it tells the status of a plain request. */
async function isRefused(path, view) {
  const url = new URL(path, document.baseURI);
  url.hash = "";
  url.search = new URLSearchParams({ view }).toString();
  const response = await fetch(url, { cache: "no-store", credentials: "omit" }).catch(() => null);
  return response !== null && [401, 403, 404].includes(response.status);
}
