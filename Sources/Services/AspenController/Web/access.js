// Who may do what: users, their roles, tokens of programs, and tokens that workers join with.

import { create } from "./api.js";
import { Collection } from "./collection.js";
import { badge, element, labelTokens, time } from "./elements.js";
import { FormError, isChecked, pairsOf, pairsText, valueOf, withText } from "./forms.js";
import { mayCluster } from "./session.js";

const roles = [
  ["viewer", "viewer: sees"], ["operator", "operator: sees and changes cameras"], ["admin", "admin: everything"],
];
const lifetimes = [
  ["", "never"], ["3600", "1 hour"], ["86400", "1 day"], ["604800", "1 week"], ["2592000", "30 days"],
  ["31536000", "1 year"],
];
const keep = "keep";

const isAdmin = () => mayCluster("admin");

const selectorField = (spec) => ({
  name: "selector", field: "/spec/selector", words: "Only for cameras with labels", value: spec?.selector ?? "",
  placeholder: "site=home", hint: "empty: for everything",
});
const roleField = (spec, options = roles) => ({
  name: "role", field: "/spec/role", words: "Role", type: "choice", options: chosenFirst(options, spec?.role),
});
/** An expiry that exists stays unless another is chosen. */
const expiryField = (spec) => ({
  name: "expiry", field: "/spec/expires_at", words: "Expires", type: "choice",
  options: spec?.expires_at ? [[keep, `as now: ${spec.expires_at}`], ...lifetimes] : lifetimes,
});

/** A choice shows its first option at the beginning. */
function chosenFirst(options, value) {
  return [...options].sort(([a], [b]) => (b === value) - (a === value));
}

function withExpiry(form, { expires_at: known, ...spec }) {
  const chosen = valueOf(form, "expiry");
  if (chosen === keep) return { ...spec, expires_at: known };
  return chosen ? { ...spec, expires_in_seconds: Number(chosen) } : spec;
}

const nameColumn = { words: "Name", cell: (item) => item.name };
const roleColumn = { words: "Role", cell: (item) => item.spec.role };
const scopeColumn = {
  words: "For", cell: (item) => (item.spec.selector ? element("code", {}, item.spec.selector) : "everything"),
};
const expiryColumn = { words: "Expires", cell: (item) => time(item.spec.expires_at) ?? "never" };

const users = {
  kind: "user", title: "Users", empty: "There are no users: everybody uses tokens.", mayChange: isAdmin,
  about: "People who sign in with a password. What they may do is said by role bindings.",
  deletion: "can no longer sign in, and is signed out.",
  columns: [
    nameColumn,
    { words: "Full name", cell: (user) => user.spec.display_name ?? "" },
    { words: "State", cell: (user) => (user.spec.disabled ? badge("disabled") : "may sign in") },
  ],
  fields: (user) => [
    { name: "display_name", field: "/spec/display_name", words: "Full name", maxLength: 256, value: user?.spec.display_name ?? "" },
    {
      name: "password", field: "/spec/password", words: user ? "New password" : "Password", type: "password",
      required: !user, minLength: 8, maxLength: 256, placeholder: user ? "stays as it is" : "",
      hint: "at least 10 characters; a new one ends the user's sessions",
    },
    { name: "again", words: "Password again", type: "password", required: !user, maxLength: 256, field: "/again" },
    user
      ? { name: "disabled", field: "/spec/disabled", words: "Disabled: cannot sign in", type: "flag", checked: user.spec.disabled }
      : { ...roleField(null, [["", "none yet"], ...roles]), hint: "makes a role binding of the same name" },
  ],
  specOf: (form, spec) => {
    const wanted = withText(spec, "display_name", valueOf(form, "display_name"));
    if (form.elements.namedItem("disabled")) wanted.disabled = isChecked(form, "disabled");
    const password = valueOf(form, "password");
    if (password !== valueOf(form, "again")) throw new FormError("/again", "is not the same as the password");
    return password ? { ...wanted, password } : wanted;
  },
  created: async (user, form) => {
    const role = valueOf(form, "role");
    if (!role) return;
    const spec = { subject: { kind: "user", name: user.name }, role };
    await create("role_binding", { name: user.name, spec }).catch((error) => {
      throw new Error(`The user was made, but has no role: ${error.message}`);
    });
  },
};

const subjects = [
  ["user", "user"], ["oidc_subject", "person of the identity provider"], ["oidc_group", "group of the identity provider"],
];

const roleBindings = {
  kind: "role_binding", title: "Role bindings", empty: "Nobody has a role.", mayChange: isAdmin,
  deletion: "no longer gives its role.",
  columns: [
    nameColumn,
    { words: "Who", cell: ({ spec: { subject } }) => `${subject.kind.replace("_", " ")} ${subject.name}` },
    roleColumn, scopeColumn,
  ],
  fields: (binding) => [
    {
      name: "subject_kind", field: "/spec/subject/kind", words: "Who", type: "choice",
      options: chosenFirst(subjects, binding?.spec.subject.kind),
    },
    {
      name: "subject", field: "/spec/subject", words: "Name of the user, person or group", required: true, maxLength: 255,
      value: binding?.spec.subject.name ?? "",
    },
    roleField(binding?.spec), selectorField(binding?.spec),
  ],
  specOf: (form, spec) => withText(
    {
      ...spec, subject: { kind: valueOf(form, "subject_kind"), name: valueOf(form, "subject") },
      role: valueOf(form, "role"),
    },
    "selector", valueOf(form, "selector")),
};

const tokens = {
  kind: "token", title: "Access tokens", empty: "There are no tokens.", mayChange: isAdmin,
  about: "For programs and the command line. A token is shown once, when it is made.",
  deletion: "no longer opens anything.",
  columns: [nameColumn, roleColumn, scopeColumn, expiryColumn],
  fields: (token) => [roleField(token?.spec), selectorField(token?.spec), expiryField(token?.spec)],
  specOf: (form, spec) => withExpiry(
    form, withText({ ...spec, role: valueOf(form, "role") }, "selector", valueOf(form, "selector"))),
};

const joinTokens = {
  kind: "join_token", title: "Join tokens", empty: "There are no join tokens: no worker can join.", mayChange: isAdmin,
  about: "A new worker joins with one, and gets its labels and site.",
  deletion: "lets no more workers join. Those that have joined stay.",
  columns: [
    nameColumn,
    {
      words: "Uses left", cell: ({ status, spec }) =>
        spec.uses ? `${status?.uses_remaining ?? "?"} of ${spec.uses}` : "any number",
    },
    { words: "Gives", cell: ({ labels, spec }) => [spec.site ? `site ${spec.site} ` : "", ...labelTokens(labels)] },
    expiryColumn,
  ],
  fields: (token) => [
    { name: "uses", field: "/spec/uses", words: "How many workers", type: "number", min: 1, max: 1_000_000, value: token?.spec.uses ?? "", placeholder: "any number" },
    { name: "site", field: "/spec/site", words: "Site", maxLength: 63, value: token?.spec.site ?? "" },
    { name: "labels", field: "/labels", words: "Labels", type: "pairs", hint: "one key=value a line", value: pairsText(token?.labels) },
    expiryField(token?.spec),
  ],
  labelsOf: (form) => pairsOf(form, "labels", "/labels"),
  specOf: (form, { uses, ...spec }) => {
    const wanted = withText(spec, "site", valueOf(form, "site"));
    if (valueOf(form, "uses")) wanted.uses = Number(valueOf(form, "uses"));
    return withExpiry(form, wanted);
  },
};

export class AccessView {
  #section;
  // A user may come with a role binding, so that a change of one is seen in all.
  #collections = [users, roleBindings, tokens, joinTokens].map(
    (traits) => new Collection(traits, () => this.#refresh()));

  constructor(section) {
    this.#section = section;
  }

  show() {
    this.#section.replaceChildren(
      element("div", { className: "heading" }, element("h2", { tabIndex: -1 }, "Access")),
      ...this.#collections.map((collection) => collection.node));
    this.#refresh();
  }

  async #refresh() {
    await Promise.all(this.#collections.map((collection) => collection.refresh()));
  }

  hide() {
    this.#section.replaceChildren();
  }
}
