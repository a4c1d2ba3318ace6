/** The input block: label, field, hint, and the error that was said about it. */

import { attr, fill, h, icon, uid } from "../dom.js";
import { textObject, textOf } from "../text/render.js";
import { elementNode } from "./elements.js";

const FIELD = "[role=radiogroup], [role=group], input:not([type=radio]):not([type=checkbox]), textarea";

export function inputBlock(block, ctx) {
  const labelId = uid("label");
  const optional = block.optional && h("span", { class: "input-optional" }, "(optional)");
  const field = elementNode(block.element, block, ctx, {
    label: textOf(block.label, ctx.names), labelledBy: labelId, optional: block.optional, dispatch: block.dispatch_action,
  });
  const node = h("div", { class: "input-group" },
    h("div", { class: "input-label" }, h("label", { id: labelId }, textObject(block.label, ctx.names)), " ", optional), field,
    h("div", { class: "input-error", id: uid("error") }),
    h("div", { class: "input-hint", id: uid("hint") }, block.hint ? textObject(block.hint, ctx.names) : null));
  const control = node.querySelector(FIELD);
  if (control?.matches("input:not([type=file]), textarea")) {
    control.id ||= uid("field");
    node.querySelector("label").htmlFor = control.id;
  }
  showError(node, ctx.errors?.[block.block_id] ?? null);
  return node;
}

/** Shows or clears the error of an input block (or of the node of one); the field is described by it and by its hint. */
export function showError(node, text) {
  const error = node.querySelector(".input-error");
  const field = node.querySelector(FIELD);
  if (!error || !field) return;
  const hint = node.querySelector(".input-hint");
  fill(error, text && icon("warning"), text && h("span", {}, text));
  error.closest(".input-group").classList.toggle("has-error", Boolean(text));
  attr(field, "aria-describedby", [text && error.id, hint.hasChildNodes() && hint.id].filter(Boolean).join(" ") || null);
  if (!field.matches("[role=group]")) attr(field, "aria-invalid", text ? true : null);
}
