/** Buttons and overflow menus. */

import { h, iconButton } from "../dom.js";
import { markFocus } from "../focus.js";
import { attachMenu } from "../menu.js";
import { textObject, textOf } from "../text/render.js";

/** Sends a press. While the app is asked the button is busy; a second press meanwhile does nothing. */
async function press(node, element, block, ctx, extra = {}) {
  if (node.getAttribute("aria-busy") === "true") return;
  const dialog = extra.option?.confirm ?? element.confirm;
  if (dialog && !(await ctx.confirm(dialog))) return;
  node.setAttribute("aria-busy", "true");
  try {
    await ctx.act(block, element, { value: extra.value, confirmed: Boolean(dialog) });
  } finally {
    node.removeAttribute("aria-busy");
  }
}

/** Its name is `accessibility_label`, else its text. A button with an address opens it, and tells the app as well. */
export function buttonElement(element, block, ctx) {
  const node = h("button", { type: "button", class: `button button-${element.style ?? "default"}`, "aria-label": element.accessibility_label,
    title: element.url ?? null, data: { actionId: element.action_id ?? "" } }, textObject(element.text, ctx.names));
  node.addEventListener("click", () => {
    if (element.url && !element.confirm) open(element.url, "_blank", "noopener,noreferrer");
    press(node, element, block, ctx);
  });
  return markFocus(node, block.block_id, element.action_id);
}

/** Named "More options" and what it stands beside. */
export function overflowElement(element, block, ctx, naming) {
  const label = naming.label && naming.label !== element.action_id ? `More options: ${naming.label}` : "More options";
  const node = iconButton("more", label, () => {}, { class: "icon-button overflow-button", data: { actionId: element.action_id } });
  attachMenu(node, { label, items: () => element.options.map((option) => ({
    label: textOf(option.text, ctx.names),
    onPick: () => {
      if (option.url) open(option.url, "_blank", "noopener,noreferrer");
      press(node, element, block, ctx, { value: option.value });
    },
  })) });
  const wrap = h("span", { class: "overflow" }, markFocus(node, block.block_id, element.action_id));
  return wrap;
}
