/** Buttons and overflow menus. */

import { h, iconButton } from "../dom.js";
import { markFocus } from "../focus.js";
import { attachMenu } from "../menu.js";
import { openAddress, textObject, textOf } from "../text/render.js";

/**
 * Sends a press, and opens the address that goes with it. While the app is asked the button is busy; a second press meanwhile does
 * nothing.
 */
async function press(node, element, block, ctx, { confirm = element.confirm, url, value } = {}) {
  if (node.getAttribute("aria-busy") === "true") return;
  if (confirm && !(await ctx.confirm(confirm))) return;
  if (url) openAddress(url);
  node.setAttribute("aria-busy", "true");
  try {
    await ctx.act(block, element, { value, confirmed: Boolean(confirm) });
  } finally {
    node.removeAttribute("aria-busy");
  }
}

/** Its name is `accessibility_label`, else its text. A button with an address opens it, and tells the app as well. */
export function buttonElement(element, block, ctx) {
  const node = h("button", { type: "button", class: `button button-${element.style ?? "default"}`, "aria-label": element.accessibility_label,
    title: element.url ?? null, data: { actionId: element.action_id ?? "" }, on: { click: () => press(node, element, block, ctx, { url: element.url }) } },
  textObject(element.text, ctx.names));
  return markFocus(node, block.block_id, element.action_id);
}

/** Named "More options" and what it stands beside. */
export function overflowElement(element, block, ctx, naming) {
  const label = naming.label && naming.label !== element.action_id ? `More options: ${naming.label}` : "More options";
  const node = iconButton("more", label, () => {}, { class: "icon-button overflow-button", data: { actionId: element.action_id } });
  attachMenu(node, { label, items: () => element.options.map((option) => ({
    label: textOf(option.text, ctx.names),
    onPick: () => press(node, element, block, ctx, { confirm: option.confirm ?? element.confirm, url: option.url, value: option.value }),
  })) });
  const wrap = h("span", { class: "overflow" }, markFocus(node, block.block_id, element.action_id));
  return wrap;
}
