// Dialogs: a question or a form before the page, which is usable again when they are closed.

import { get, remove, update } from "./api.js";
import { differenceList, differences } from "./difference.js";
import { button, copyable, element } from "./elements.js";
import { onSubmit } from "./forms.js";
import { kinds } from "./words.js";

let ids = 0;

/**
 * Opens a form. `work(form)` runs when it is sent, and what fails is said in it. Returns what `work`
 * returns (true for nothing), or null when it was closed without. One that is kept closes by its button
 * only.
 */
export function openDialog({ title, content, submit, cancel = "Cancel", isDanger = false, isKept = false, work }) {
  const id = `dialog_${(ids += 1)}`;
  const form = element(
    "form", { className: "sheet" },
    element("h2", { id }, title), content,
    element("p", { className: "problem", role: "alert", hidden: true }),
    element(
      "div", { className: "actions" },
      cancel ? button(cancel, () => dialog.close()) : null,
      element("button", { className: isDanger ? "danger" : "primary" }, submit)));
  const dialog = element("dialog", { "aria-labelledby": id }, form);
  document.body.append(dialog);
  return new Promise((resolve) => {
    let result = null;
    onSubmit(form, async () => {
      result = (await work?.(form)) ?? true;
      dialog.close();
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(result);
    });
    dialog.addEventListener("cancel", (event) => isKept && event.preventDefault());
    // A press that began inside and ended outside, as when a text is selected, closes nothing.
    dialog.addEventListener("pointerdown", (event) => {
      if (event.target === dialog && !isKept) dialog.close();
    });
    dialog.showModal();
  });
}

/** Shows a secret that is never shown again. */
export function showSecret(title, words, secret) {
  return openDialog({
    title, submit: "I have kept it", cancel: null, isKept: true,
    content: [element("p", {}, words), copyable(secret, title)],
  });
}

/**
 * Sends a change of the version that was shown. When somebody else has changed it meanwhile, shows what
 * is there now and sends it again if that is wished. Returns `{ resource }`, where null is gone; null
 * when it was given up.
 */
export async function change(shown, send) {
  for (let resource = shown; ;) {
    try {
      return { resource: await send(resource) };
    } catch (error) {
      if (error.code !== "precondition_failed") throw error;
      const now = await get(shown.kind, shown.name);
      if (!(await askAgain(resource, now))) return null;
      resource = now;
    }
  }
}

export const changeWith = (shown, patch) => change(shown, (resource) => update(resource, patch));

function askAgain(before, now) {
  const what = kinds[now.kind] ?? now.kind;
  const changes = differences(before, now);
  const stops = now.deletion_requested_at && !before.deletion_requested_at;
  return openDialog({
    title: `Somebody else changed this ${what}`,
    submit: "Apply mine again", cancel: "Leave it as it is now",
    content: [
      element("p", {}, `“${now.name}” has changed since it was shown here. This is what is different now:`),
      stops
        ? element("p", {}, "It was deleted, and goes as soon as its streams have stopped.")
        : differenceList(changes, { none: "Its labels, annotations and spec are the same." }),
    ],
  });
}

/** Asks whether a thing shall go. Returns `{ resource }` as `change`, or null. */
export async function deleteDialog(resource, words) {
  const what = kinds[resource.kind] ?? resource.kind;
  let outcome = null;
  const isDone = await openDialog({
    title: `Delete ${what}?`, submit: "Delete", cancel: "Keep it", isDanger: true,
    content: element("p", {}, element("b", {}, resource.name), ` ${words}`),
    work: async () => {
      try {
        outcome = await change(resource, remove);
      } catch (error) {
        // Somebody else was faster.
        if (error.code !== "not_found") throw error;
        outcome = { resource: null };
      }
    },
  });
  return isDone && outcome;
}
