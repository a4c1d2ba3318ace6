/** Making and changing elements. Text goes in as text nodes only; there is no way to hand HTML to these functions. */

const SVG = "http://www.w3.org/2000/svg";
let counter = 0;

/** A new id, unique in this document. */
export function uid(prefix) {
  counter += 1;
  return `${prefix}-${counter}`;
}

/**
 * An element. `props`: `class`, `text`, `on` ({event: handler}), `data` ({key: text}), `value`, `checked`; anything else is an
 * attribute (true is "", null and false leave it out). Children are nodes, strings, null, or arrays of these.
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(element, name, value);
  append(element, children);
  return element;
}

function setProp(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "class") element.className = value;
  else if (name === "text") element.textContent = value;
  else if (name === "value" || name === "checked") element[name] = value;
  else if (name === "on") for (const [event, handler] of Object.entries(value)) element.addEventListener(event, handler);
  else if (name === "data") Object.assign(element.dataset, value);
  else if (name.startsWith("on") || name === "style" || name === "srcdoc") throw new Error(`attribute ${name} is not allowed`);
  else element.setAttribute(name, value === true ? "" : String(value));
}

function append(element, children) {
  for (const child of children) {
    if (Array.isArray(child)) append(element, child);
    else if (child !== null && child !== undefined && child !== false) element.append(child);
  }
}

/** Replaces what is inside of an element. */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

/** Makes `nodes` the children of an element, in order. Those that stay are not moved: a move takes focus, press and open menus away. */
export function arrange(element, nodes) {
  const staying = new Set(nodes);
  for (const node of [...element.childNodes]) if (!staying.has(node)) node.remove();
  nodes.forEach((node, index) => {
    if (element.childNodes[index] !== node) element.insertBefore(node, element.childNodes[index] ?? null);
  });
}

/** An attribute that comes and goes: null and false take it away, true is "true" (as ARIA wants it). */
export function attr(element, name, value) {
  if (value === null || value === undefined || value === false) element.removeAttribute(name);
  else element.setAttribute(name, String(value));
}

const PATHS = {
  hash: "M6 2.5 4.6 13.5M11.4 2.5 10 13.5M2.8 5.8h10.8M2.4 10.2h10.8",
  lock: "M4 7.2h8v6.3H4zM5.6 7V5.2a2.4 2.4 0 0 1 4.8 0V7",
  shared: "M6 4.7a3.3 3.3 0 1 1 0 6.6 3.3 3.3 0 0 1 0-6.6zM10 4.7a3.3 3.3 0 1 1 0 6.6 3.3 3.3 0 0 1 0-6.6z",
  paperclip: "M12.6 7.2 7.8 12a2.8 2.8 0 0 1-4-4l5.4-5.4a1.9 1.9 0 0 1 2.7 2.7L6.6 10.6a.9.9 0 0 1-1.3-1.3l4.5-4.5",
  home: "M2.5 7.4 8 2.8l5.5 4.6M4 6.6v6.6h8V6.6M6.8 13v-3.4h2.4V13",
  close: "M3.8 3.8l8.4 8.4M12.2 3.8l-8.4 8.4",
  back: "M9.8 3.2 5 8l4.8 4.8",
  down: "M4 6.2 8 10.2l4-4",
  more: "M3.4 8h.01M8 8h.01M12.6 8h.01",
  send: "M2.6 2.8 13.6 8 2.6 13.2 4.4 8zM4.4 8h5",
  plus: "M8 3.2v9.6M3.2 8h9.6",
  eye: "M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8zM8 6.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6z",
  menu: "M2.5 4h11M2.5 8h11M2.5 12h11",
  sun: "M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6zM8 1.4v1.4M8 13.2v1.4M1.4 8h1.4M13.2 8h1.4M3.3 3.3l1 1M11.7 11.7l1 1M12.7 3.3l-1 1M4.3 11.7l-1 1",
  people: "M6 3.4a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4zM2 13c0-2.6 1.8-4 4-4s4 1.4 4 4M10.6 3.8a2 2 0 0 1 0 3.8M11.4 9.2c1.6.3 2.6 1.7 2.6 3.8",
  moon: "M13 9.6A5.6 5.6 0 0 1 6.4 3a5.4 5.4 0 1 0 6.6 6.6z",
  window: "M2.4 3.4h11.2v9.2H2.4zM2.4 6h11.2M4.2 4.7h.01M5.8 4.7h.01",
  file: "M4 2h5.2L12.4 5.2V14H4zM9 2.2v3.2h3.2",
  download: "M8 2.6v7M4.8 6.8 8 10l3.2-3.2M3 13h10",
  reply: "M2.8 3.4h10.4v7.4H7.4L4.6 13.2v-2.4H2.8zM5.6 6h5M5.6 8.2h3.2",
  gears: "M2 11.8h4.6l1.6-7.6 2 9 1.2-4.4H14",
  warning: "M8 2.6 14.2 13H1.8zM8 6.4v3.2M8 11.4h.01",
  bolt: "M8.8 1.8 3.6 9h3.6l-.8 5.2L12.4 7H8.6z",
  check: "M3.2 8.4l3 3 6.6-6.8",
  upload: "M8 10.4v-7M4.8 6 8 2.8 11.2 6M3 13h10",
};

/** A small line drawing that screen readers pass over. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** A button that shows only a drawing; `label` is its name and its tooltip. */
export function iconButton(name, label, onClick, props = {}) {
  return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, on: { click: onClick }, ...props },
    icon(name));
}

/** The short form of a text: its first line, cut to `limit` characters. */
export function shorten(text, limit) {
  const line = text.trim().split("\n", 1)[0];
  return line.length > limit ? `${line.slice(0, limit - 1).trimEnd()}…` : line;
}
