/** The input block: label, field, hint, and the error that was said about it. */

import { fill, h, icon, uid } from "../dom.js";
import { textObject, textOf } from "../text/render.js";
import { elementNode } from "./elements.js";

export function inputBlock(block, ctx) {
  const [labelId, hintId, errorId] = [uid("label"), uid("hint"), uid("error")];
  const label = h("span", { id: labelId }, textObject(block.label, ctx.names));
  const optional = block.optional && h("span", { class: "input-optional" }, "(optional)");
  const error = h("div", { class: "input-error", id: errorId });
  const field = elementNode(block.element, block, ctx, {
    label: textOf(block.label, ctx.names), labelledBy: labelId, describedBy: `${errorId} ${hintId}`,
    optional: block.optional, dispatch: block.dispatch_action,
  });
  // The error stays where it is while its text comes and goes, so that aria-describedby always points at something.
  const node = h("div", { class: "input-group" }, h("div", { class: "input-label" }, label, " ", optional), field, error,
    h("div", { class: "input-hint", id: hintId }, block.hint ? textObject(block.hint, ctx.names) : null));
  showError(node, ctx.errors?.[block.block_id] ?? null);
  return node;
}

/** Shows or clears the error of an input block (or of the node of one). */
export function showError(node, text) {
  const error = node.querySelector(".input-error");
  if (!error) return;
  fill(error, text && icon("warning"), text && h("span", {}, text));
  node.classList.toggle("has-error", Boolean(text));
  const field = node.querySelector("[role=radiogroup], input:not([type=checkbox]), textarea");
  if (text) field?.setAttribute("aria-invalid", "true");
  else field?.removeAttribute("aria-invalid");
}
