/** Text, number, e-mail and address fields; dates and times. */

import { fill, h } from "../dom.js";
import { markFocus } from "../focus.js";
import { fromLocalField, toLocalField } from "../time.js";
import { textOf } from "../text/render.js";
import { choose, named } from "./interact.js";

const INPUT_TYPES = { plain_text_input: "text", email_text_input: "email", url_text_input: "url", number_input: "number" };
export const TEXT_TYPES = Object.keys(INPUT_TYPES);

const COUNT_FROM = 0.8;

export function textElement(element, block, ctx, naming) {
  const shared = {
    class: "field", value: ctx.fields.get(block, element) ?? "", placeholder: textOf(element.placeholder, ctx.names) || null,
    maxlength: element.max_length, autofocus: element.focus_on_load, ...named(naming),
  };
  const node = element.multiline ? h("textarea", { rows: "4", ...shared })
    : h("input", { type: INPUT_TYPES[element.type], autocomplete: "off", ...numberProps(element), ...shared });
  const counter = h("span", { class: "field-count" });
  node.addEventListener("input", () => typed(node, counter, element, block, ctx, naming));
  node.addEventListener("keydown", (event) => entered(event, node, element, block, ctx, naming));
  return h("div", { class: "field-wrap" }, markFocus(node, block.block_id, element.action_id), counter);
}

function numberProps(element) {
  if (element.type !== "number_input") return {};
  return { min: element.min_value, max: element.max_value, step: element.is_decimal_allowed ? "any" : "1" };
}

function triggers(element) {
  return element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
}

function typed(node, counter, element, block, ctx, naming) {
  ctx.fields.set(block, element, node.value);
  ctx.touched(block);
  const near = element.max_length && node.value.length >= element.max_length * COUNT_FROM;
  fill(counter, near ? `${element.max_length - node.value.length} left` : null);
  if (naming.dispatch && triggers(element).includes("on_character_entered")) {
    ctx.act(block, element, { value: node.value, trigger: "on_character_entered" });
  }
}

// Enter sends the form from a field of one line, unless the app asked to be told of Enter itself.
function entered(event, node, element, block, ctx, naming) {
  if (event.key !== "Enter" || event.isComposing) return;
  if (element.multiline && !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  if (naming.dispatch && triggers(element).includes("on_enter_pressed")) {
    ctx.act(block, element, { value: node.value, trigger: "on_enter_pressed" });
  } else ctx.submit?.();
}

const DATE_KINDS = {
  datepicker: { type: "date", show: (value) => value, read: (text) => text },
  timepicker: { type: "time", show: (value) => value, read: (text) => text },
  datetimepicker: { type: "datetime-local", show: toLocalField, read: fromLocalField },
};

/** The browser's own fields. What they say is meant in the zone that stands beside them. */
export function dateTimeElement(element, block, ctx, naming) {
  const { type, show, read } = DATE_KINDS[element.type];
  const { zone } = ctx.names;
  const value = ctx.fields.get(block, element);
  const node = h("input", { type, class: "field field-date", value: value ? show(value, zone) : "", ...named(naming),
    title: textOf(element.placeholder, ctx.names) || null,
    on: { change: () => choose(element, block, ctx, naming, node.value ? read(node.value, zone) : null) } });
  const words = element.type === "datepicker" ? null : h("span", { class: "field-zone" }, (element.timezone ?? zone).replaceAll("_", " "));
  return h("div", { class: "field-date-row" }, markFocus(node, block.block_id, element.action_id), words);
}
