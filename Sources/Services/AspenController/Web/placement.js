// Of one stream: why it is where it is, and a link that shows it to others.

import { streamExplain, viewLinkCreate } from "./api.js";
import { openDialog } from "./dialogs.js";
import { copyable, element, Table, time } from "./elements.js";
import { valueOf, formField } from "./forms.js";
import { plural } from "./words.js";

const lifetimes = [
  [3_600, "1 hour"], [86_400, "1 day"], [604_800, "1 week"], [2_592_000, "30 days"],
];

/** Shows every worker as a place for the stream. */
export async function explainStream(name) {
  const { worker, reason, candidates } = await streamExplain(name);
  const table = new Table([
    {
      words: "Worker",
      cell: (item) => [item.worker, item.worker === worker ? element("span", { className: "label" }, "here") : null],
    },
    { words: "Possible", cell: (item) => (item.feasible ? "yes" : "no") },
    { words: "Free", cell: (item) => plural(item.free_streams ?? 0, "stream") },
    { words: "What speaks against it", cell: (item) => (item.reasons ?? []).join("; ") || "nothing" },
    { words: "Wishes", cell: (item) => (item.feasible ? (item.merits ?? []).join("; ") : "") },
  ], { caption: "Workers as places for this stream", empty: "There is no worker." });
  table.update(candidates ?? [], (item) => item.worker);
  const where = worker ? [element("b", {}, name), " runs on ", element("b", {}, worker), "."] : [element("b", {}, name), " runs nowhere."];
  await openDialog({
    title: "Why here?", submit: "Close", cancel: null,
    content: [element("p", {}, where, reason ? ` Reason: ${reason}.` : null), table.node],
  });
}

/** Asks how long, and shows the link. */
export async function shareStream(name) {
  const link = await openDialog({
    title: "Share live picture", submit: "Make link",
    content: [
      element("p", {}, "Whoever has the link sees ", element("b", {}, name), " live until it ends, without signing in. It cannot be taken back."),
      formField({ name: "lifetime", field: "/expires_in_seconds", words: "Ends after", type: "choice", options: lifetimes }),
    ],
    work: (form) => viewLinkCreate(name, Number(valueOf(form, "lifetime"))),
  });
  if (!link) return;
  const address = new URL(link.path.replace(/^\/+/, ""), document.baseURI).href;
  await openDialog({
    title: "The link", submit: "Done", cancel: null,
    content: [copyable(address, "Link to the live picture"), element("p", { className: "hint" }, "It ends: ", time(link.expires_at))],
  });
}
