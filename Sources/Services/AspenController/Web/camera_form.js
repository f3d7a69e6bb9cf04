// The form of a camera: adding one, and changing one.

import { create, list } from "./api.js";
import { openDialog } from "./dialogs.js";
import { mergePatch } from "./difference.js";
import { element } from "./elements.js";
import { fill, formField, FormError, pairsOf, pairsText, valueOf, withText } from "./forms.js";
import { mayCluster } from "./session.js";

const transports = [
  ["tcp", "TCP (works through firewalls)"],
  ["automatic", "TCP, or UDP if the camera wants it"],
  ["udp", "UDP"],
];

const nameField = {
  name: "name", field: "/name", words: "Name", required: true, maxLength: 63, placeholder: "front-door",
  hint: "a–z, 0–9, “-” and “.”",
};

function sourceFields(isFile) {
  if (isFile) return [{ name: "path", field: "/spec/path", words: "File on the worker", required: true, maxLength: 1024 }];
  return [
    {
      name: "address", field: "/spec/address", words: "Address", required: true, maxLength: 1024,
      placeholder: "rtsp://192.168.1.20/stream1", inputMode: "url",
    },
    {
      name: "username", field: "/spec/username", words: "User", maxLength: 128,
      placeholder: "if it asks for one",
    },
    { name: "password", field: "/spec/password", words: "Password", type: "password", maxLength: 256 },
    { name: "transport", field: "/spec/transport", words: "Transport", type: "choice", options: transports },
  ];
}

const placeFields = (sites) => [
  { name: "site", field: "/spec/site", words: "Site", maxLength: 63, proposals: sites },
  { name: "labels", field: "/labels", words: "Labels", type: "pairs", hint: "one key=value a line" },
];

/** The names of the sites, as proposals; none where they may not be seen. */
export async function siteNames() {
  if (!mayCluster("viewer")) return [];
  const page = await list("site", { limit: 500, fields: "name" }).catch(() => ({ items: [] }));
  return page.items.map((site) => site.name);
}

/** Asks for a new camera. Returns it, or null. */
export async function addCamera() {
  const fields = [nameField, ...sourceFields(false), ...placeFields(await siteNames())];
  return openDialog({
    title: "Add camera", submit: "Add camera",
    content: element("div", { className: "fields" }, fields.map(formField)),
    work: (form) => {
      const labels = pairsOf(form, "labels", "/labels");
      const spec = { type: "rtsp", ...specOf(form, {}) };
      return create("camera", { name: valueOf(form, "name"), labels, spec: withPassword(form, spec) });
    },
  });
}

/** The fields that change a camera. */
export function editFields(camera, sites) {
  const fields = [
    ...sourceFields(camera.spec.type === "file"), ...placeFields(sites),
    {
      name: "annotations", field: "/annotations", words: "Annotations", type: "pairs",
      hint: "notes for people and programs, one key=value a line",
    },
  ].map((field) =>
    field.name === "password" ? { ...field, words: "New password", placeholder: "stays as it is" } : field);
  return element("div", { className: "fields" }, fields.map(formField));
}

/** Writes what a camera is into its form. */
export function fillCamera(form, camera) {
  for (const name of ["address", "path", "transport", "username", "site"]) fill(form, name, camera.spec[name]);
  fill(form, "password", "");
  fill(form, "labels", pairsText(camera.labels));
  fill(form, "annotations", pairsText(camera.annotations));
}

/** What the form changes of `camera` as a merge patch; null if nothing. */
export function patchOf(form, camera) {
  const { labels = {}, annotations = {}, spec } = camera;
  if (Object.values(annotations).some((value) => value.includes("\n"))) {
    throw new FormError("/annotations", "have a value of several lines; change it with the command line");
  }
  const wanted = {
    labels: pairsOf(form, "labels", "/labels"),
    annotations: pairsOf(form, "annotations", "/annotations"),
    spec: specOf(form, spec),
  };
  const patch = mergePatch({ labels, annotations, spec }, wanted);
  if (!valueOf(form, "password")) return patch;
  return { ...patch, spec: withPassword(form, patch?.spec ?? {}) };
}

function specOf(form, spec) {
  let wanted = spec;
  for (const name of ["address", "path", "transport", "username", "site"]) {
    if (form.elements.namedItem(name)) wanted = withText(wanted, name, valueOf(form, name));
  }
  return wanted;
}

const withPassword = (form, spec) =>
  valueOf(form, "password") ? { ...spec, password: valueOf(form, "password") } : spec;
