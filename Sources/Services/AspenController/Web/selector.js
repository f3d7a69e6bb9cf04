// Label selectors, as `LabelSelector` of the model reads them.

/** Whether all terms hold for `labels`. What cannot be read is left to the controller to judge. */
export function matches(selector, labels = {}) {
  return terms(selector).every((term) => holds(term, labels));
}

/** Commas inside parentheses belong to their term. */
function terms(selector) {
  return (selector.match(/(?:\([^)]*\)|[^,(])+/g) ?? []).map((term) => term.trim()).filter(Boolean);
}

function holds(term, labels) {
  const set = /^(\S+)\s+(in|notin)\s*\((.*)\)$/.exec(term);
  if (set) {
    const [, key, word, values] = set;
    const isOne = Object.hasOwn(labels, key) && values.split(",").map((value) => value.trim()).includes(labels[key]);
    return isOne === (word === "in");
  }
  const equal = /^([^!=]+)(!?=)=?(.*)$/.exec(term);
  if (equal) {
    const [, key, sign, value] = equal;
    const own = Object.hasOwn(labels, key.trim()) ? labels[key.trim()] : undefined;
    return (own === value.trim()) === (sign === "=");
  }
  return term.startsWith("!") ? !Object.hasOwn(labels, term.slice(1).trim()) : Object.hasOwn(labels, term);
}
