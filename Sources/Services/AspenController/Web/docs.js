// Shows the API's own OpenAPI document: operations by group, their parameters, schemas and examples.
// Everything that comes from the document becomes text of elements, never markup.

const methods = ["get", "post", "put", "patch", "delete"];
let api = {};

/** An element with properties, attributes and children; children that are texts stay texts. */
function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (key === "class") made.className = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

/** What a reference such as `#/components/schemas/Camera` means, and its name. */
function resolve(value) {
  if (!value || typeof value.$ref !== "string") return { value: value ?? {}, name: null };
  const parts = value.$ref.replace(/^#\//, "").split("/");
  let found = api;
  for (const part of parts) found = found?.[part.replaceAll("~1", "/").replaceAll("~0", "~")];
  return { value: found ?? {}, name: parts.at(-1) };
}

/** A text of the document: paragraphs between empty lines, words in backquotes as code. */
function prose(text, className) {
  return (text ?? "").split(/\n{2,}/).filter(Boolean).map((paragraph) => {
    const pieces = paragraph.replaceAll("\n", " ").split("`");
    return element("p", { class: className }, ...pieces.map((piece, index) => (index % 2 ? element("code", {}, piece) : piece)));
  });
}

// Schemas

/** The type of a schema in a few words. */
function typeWords(schema) {
  const { value, name } = resolve(schema);
  if (name) return name;
  const choices = value.oneOf ?? value.anyOf;
  if (choices) return choices.map(typeWords).join(" or ");
  if ("const" in value) return JSON.stringify(value.const);
  if (value.enum) return value.enum.map((word) => JSON.stringify(word)).join(" | ");
  const types = [value.type ?? "anything"].flat();
  return types.map((type) => (type === "array" ? `array of ${typeWords(value.items)}` : type)).join(" or ");
}

/** The limits of a schema in a few words. */
function limitWords(value) {
  const words = [];
  const range = (low, high, unit) => {
    if (low !== undefined || high !== undefined) words.push(`${low ?? ""}…${high ?? ""}${unit}`);
  };
  range(value.minimum, value.maximum, "");
  range(value.minLength, value.maxLength, " characters");
  range(value.minItems, value.maxItems, " elements");
  if (value.maxProperties !== undefined) words.push(`at most ${value.maxProperties} members`);
  if (value.format) words.push(value.format);
  if (value.default !== undefined) words.push(`default ${JSON.stringify(value.default)}`);
  if (value.writeOnly) words.push("write only");
  return words.join(", ");
}

/** The schemas inside a schema that are worth opening: itself if it has members, elements or choices. */
function isDeep(schema) {
  const { value } = resolve(schema);
  if (value.properties || value.patternProperties || value.pattern) return true;
  if (typeof value.additionalProperties === "object") return true;
  return [value.items, ...(value.oneOf ?? []), ...(value.anyOf ?? [])].some((inner) => inner && isDeep(inner));
}

/** A schema that can be opened. It is filled when it is, so that schemas may refer to themselves. */
function schemaView(schema, label) {
  const summary = element("summary", {}, label ?? typeWords(schema));
  const view = element("details", { class: "schema" }, summary);
  view.addEventListener("toggle", () => {
    if (view.open && !view.querySelector(":scope > .inner")) view.append(schemaBody(schema));
  });
  return view;
}

function schemaBody(schema) {
  const { value } = resolve(schema);
  const inner = element("div", { class: "inner" });
  inner.append(...prose(value.description, "soft"));
  if (value.pattern) inner.append(element("p", { class: "soft" }, "Pattern ", element("code", {}, value.pattern)));
  const required = new Set(value.required ?? []);
  const members = Object.entries(value.properties ?? {}).map(([name, member]) => memberView(name, member, required.has(name)));
  for (const [pattern, member] of Object.entries(value.patternProperties ?? {})) {
    members.push(...memberView(`names like ${pattern}`, member, false));
  }
  if (typeof value.additionalProperties === "object") {
    members.push(...memberView("other names", value.additionalProperties, false));
  }
  if (members.length) inner.append(element("dl", {}, ...members.flat()));
  for (const choice of value.oneOf ?? value.anyOf ?? []) {
    inner.append(isDeep(choice) ? schemaView(choice) : element("p", { class: "type" }, typeWords(choice)));
  }
  if (value.items && isDeep(value.items)) inner.append(schemaView(value.items, `each: ${typeWords(value.items)}`));
  return inner;
}

function memberView(name, schema, isRequired) {
  const { value } = resolve(schema);
  const term = element(
    "dt", {}, element("code", {}, name), element("span", { class: "type" }, typeWords(schema)),
    element("span", { class: "soft" }, limitWords(value)),
    isRequired ? element("span", { class: "required" }, "required") : null);
  const rest = element("dd", {}, ...prose(schema.description ?? value.description));
  if (isDeep(schema)) rest.append(schemaView(schema, "shape"));
  return rest.childNodes.length ? [term, rest] : [term];
}

// Operations

function parameterViews(parameters) {
  return parameters.flatMap((reference) => {
    const parameter = resolve(reference).value;
    const schema = resolve(parameter.schema).value;
    const term = element(
      "dt", {}, element("code", {}, parameter.name), element("span", { class: "soft" }, `in ${parameter.in}`),
      element("span", { class: "type" }, typeWords(parameter.schema)),
      element("span", { class: "soft" }, limitWords(schema)),
      parameter.required ? element("span", { class: "required" }, "required") : null);
    const rest = element("dd", {}, ...prose(parameter.description));
    if (isDeep(parameter.schema)) rest.append(schemaView(parameter.schema, "shape"));
    return [term, rest];
  });
}

function contentViews(content) {
  return Object.entries(content ?? {}).map(([type, media]) => {
    const schema = media["x-aspen-event-data"] ?? media.schema;
    const line = element("div", {}, element("code", {}, type), " ");
    line.append(schema && isDeep(schema) ? schemaView(schema) : element("span", { class: "type" }, typeWords(schema)));
    return line;
  });
}

function answerView(status, reference) {
  const answer = resolve(reference).value;
  const headers = Object.keys(answer.headers ?? {});
  return element(
    "div", { class: "answer" },
    element("span", { class: Number(status) < 400 ? "status" : "status bad" }, status), ...prose(answer.description),
    headers.length ? element("p", { class: "soft" }, `Headers: ${headers.join(", ")}`) : null,
    ...contentViews(answer.content));
}

/** A text as one word of a shell. */
function quoted(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The operation as a command. */
function curl(method, path, operation) {
  const parameters = (operation.parameters ?? []).map((reference) => resolve(reference).value);
  const example = (parameter) => {
    const schema = resolve(parameter.schema).value;
    return schema.examples?.[0] ?? schema.default ?? "NAME";
  };
  let address = path;
  for (const parameter of parameters.filter((one) => one.in === "path")) {
    address = address.replace(`{${parameter.name}}`, encodeURIComponent(example(parameter)));
  }
  const verb = method === "get" ? "" : `-X ${method.toUpperCase()} `;
  const words = [`curl ${verb}${quoted(location.origin + address)}`];
  const security = operation.security ?? api.security ?? [];
  if (security.length) words.push('-H "Authorization: Bearer $ASPEN_TOKEN"');
  for (const parameter of parameters.filter((one) => one.in === "header" && one.required)) {
    words.push(`-H ${quoted(`${parameter.name}: ${example(parameter)}`)}`);
  }
  const [type, media] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  if (type) {
    words.push(`-H ${quoted(`Content-Type: ${type}`)}`);
    words.push(`-d ${quoted(JSON.stringify(media.example ?? {}, null, 2))}`);
  }
  return words.join(" \\\n  ");
}

function exampleView(text) {
  const code = element("pre", { tabindex: "0" }, element("code", {}, text));
  const copy = element("button", { type: "button" }, "Copy");
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      copy.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
      copy.textContent = "Selected";
    }
    setTimeout(() => { copy.textContent = "Copy"; }, 1500);
  });
  return element("div", { class: "example" }, code, copy);
}

function part(title, ...content) {
  return content.length ? element("div", {}, element("h4", {}, title), ...content) : null;
}

function operationBody(method, path, operation) {
  const badges = [`id: ${operation.operationId}`, `for: ${operation["x-aspen-access"] ?? "anybody"}`];
  const parameters = parameterViews(operation.parameters ?? []);
  const answers = Object.entries(operation.responses ?? {}).map(([status, answer]) => answerView(status, answer));
  return element(
    "div", { class: "body" },
    element("p", { class: "badges" }, ...badges.map((text) => element("span", { class: "badge" }, text))),
    ...prose(operation.description),
    parameters.length ? part("Parameters", element("dl", {}, ...parameters)) : null,
    part("Body", ...contentViews(operation.requestBody?.content)),
    part("Example", exampleView(curl(method, path, operation))),
    part("Answers", ...answers));
}

/** One operation; what is inside is made when it is opened. */
function operationView(method, path, operation) {
  const view = element(
    "details", { class: "operation", id: operation.operationId },
    element(
      "summary", {}, element("span", { class: "method", "data-method": method }, method.toUpperCase()),
      element("code", { class: "path" }, path), element("span", { class: "summary" }, operation.summary ?? "")));
  view.addEventListener("toggle", () => {
    if (view.open && !view.querySelector(":scope > .body")) view.append(operationBody(method, path, operation));
    if (view.open) history.replaceState(null, "", `#${operation.operationId}`);
  });
  const text = [operation.operationId, method, path, operation.summary, operation.description, ...(operation.tags ?? [])];
  return { view, text: text.join(" ").toLowerCase() };
}

function allOperations() {
  return Object.entries(api.paths ?? {}).flatMap(([path, item]) =>
    methods.filter((method) => item[method]).map((method) => ({ method, path, operation: item[method] })));
}

/** Every group with its operations. */
function groups() {
  const operations = allOperations();
  return (api.tags ?? []).map((tag) => {
    const entries = operations.filter(({ operation }) => operation.tags?.includes(tag.name))
      .map(({ method, path, operation }) => operationView(method, path, operation));
    const id = `group-${tag.name.replaceAll(" ", "-")}`;
    const section = element(
      "section", { id, "aria-labelledby": `${id}-title` }, element("h2", { id: `${id}-title` }, tag.name),
      element("p", { class: "soft" }, tag.description ?? ""), ...entries.map((entry) => entry.view));
    const count = element("span", {}, String(entries.length));
    const link = element("a", { href: `#${id}` }, tag.name, count);
    return { section, link, count, entries };
  }).filter((group) => group.entries.length);
}

// The page

const search = document.getElementById("search");
const main = document.getElementById("operations");

function filter(all) {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let total = 0;
  for (const group of all) {
    let shown = 0;
    for (const entry of group.entries) {
      entry.view.hidden = !words.every((word) => entry.text.includes(word));
      if (!entry.view.hidden) shown += 1;
    }
    group.section.hidden = group.link.hidden = shown === 0;
    group.count.textContent = String(shown);
    total += shown;
  }
  document.getElementById("count").textContent = total === 1 ? "1 operation" : `${total} operations`;
}

/** Opens the operation that the address names. */
function openNamed() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!named) return;
  if (named.matches("details")) named.open = true;
  named.scrollIntoView();
}

function watchKeys(all) {
  search.addEventListener("input", () => filter(all));
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.matches("input, textarea");
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
      search.select();
    }
    if (event.key === "Escape" && event.target === search) {
      search.value = "";
      filter(all);
    }
    if (event.key === "Enter" && event.target === search) {
      const first = all.flatMap((group) => group.entries).find((entry) => !entry.view.hidden);
      first?.view.querySelector("summary").focus();
    }
  });
  window.addEventListener("hashchange", openNamed);
}

function watchTheme() {
  const root = document.documentElement;
  const key = "aspen.docs.theme";
  const stored = localStorage.getItem(key);
  if (stored) root.dataset.theme = stored;
  document.getElementById("theme").addEventListener("click", () => {
    const isDark = root.dataset.theme
      ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = isDark ? "light" : "dark";
    localStorage.setItem(key, root.dataset.theme);
  });
}

function show() {
  document.getElementById("version").textContent = api.info?.version ?? "";
  const about = document.getElementById("about");
  about.append(
    ...prose(api.info?.description),
    element("p", {}, element("a", { href: "openapi.json" }, "openapi.json")));
  about.hidden = false;
  const all = groups();
  document.getElementById("contents").append(...all.map((group) => group.link));
  main.append(...all.map((group) => group.section));
  watchKeys(all);
  filter(all);
  openNamed();
}

watchTheme();
try {
  const response = await fetch("openapi.json", { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`the controller answers ${response.status}`);
  api = await response.json();
  show();
} catch (error) {
  const notice = document.getElementById("notice");
  notice.textContent = `The document cannot be shown: ${error.message}`;
  notice.hidden = false;
}
