/** A person's or app's picture: initials on their colour. */

import { h } from "./dom.js";

// White letters need a dark ground (AA): Slack's own colours are mixed with black by the style sheet.
function paint(node, color) {
  if (/^[0-9a-f]{6}$/i.test(color ?? "")) node.style.setProperty("--avatar", `#${color}`);
}

function initialsOf(name) {
  return name.split(/\s+/).filter(Boolean).slice(0, 2).map((word) => [...word][0].toUpperCase()).join("") || "?";
}

/** `person` is a Person of the user API, or null for somebody unknown (then `name` gives the initials). */
export function avatar(person, name = "", className = "") {
  const kind = person?.kind === "bot" ? " avatar-app" : "";
  const node = h("span", { class: `avatar${kind} ${className}`, "aria-hidden": "true" }, person?.initials ?? initialsOf(person?.name ?? name));
  paint(node, person?.color);
  return node;
}
