// What differs between two versions of a thing, field by field.

import { element } from "./elements.js";

const parts = ["labels", "annotations", "spec"];

/** The fields that differ: `{ field: "spec.address", before, after }`; undefined is none. */
export function differences(before, after) {
  const [old, now] = [before, after].map((version) => {
    const fields = new Map();
    for (const part of parts) flatten(version?.[part], [part], fields);
    return fields;
  });
  const names = [...new Set([...old.keys(), ...now.keys()])].sort();
  return names
    .filter((name) => old.get(name) !== now.get(name))
    .map((name) => ({ field: name, before: old.get(name), after: now.get(name) }));
}

function flatten(value, path, fields) {
  if (value === null || value === undefined) return;
  if (typeof value === "object" && !Array.isArray(value)) {
    for (const [name, member] of Object.entries(value)) flatten(member, [...path, name], fields);
  } else {
    fields.set(path.join("."), typeof value === "string" ? value : JSON.stringify(value));
  }
}

/** The differences as a list that is read as such. */
export function differenceList(changes, { none = "Nothing differs." } = {}) {
  if (!changes.length) return element("p", { className: "hint" }, none);
  return element("dl", { className: "difference" }, changes.flatMap(({ field, before, after }) => [
    element("dt", {}, field),
    element(
      "dd", {},
      before === undefined ? null : element("del", {}, before === "" ? "(empty)" : before),
      before !== undefined && after !== undefined ? element("span", { "aria-hidden": "true" }, " → ") : null,
      after === undefined ? null : element("ins", {}, after === "" ? "(empty)" : after)),
  ]));
}

/** The merge patch (RFC 7396) that turns `before` into `after`; null when they are the same. */
export function mergePatch(before = {}, after = {}) {
  const patch = {};
  for (const name of Object.keys(before)) {
    if (!Object.hasOwn(after, name)) patch[name] = null;
  }
  for (const [name, value] of Object.entries(after)) {
    const isNested = value !== null && typeof value === "object" && !Array.isArray(value);
    if (isNested && before[name] !== null && typeof before[name] === "object") {
      const inner = mergePatch(before[name], value);
      if (inner) patch[name] = inner;
    } else if (JSON.stringify(before[name]) !== JSON.stringify(value)) {
      patch[name] = value;
    }
  }
  return Object.keys(patch).length ? patch : null;
}
