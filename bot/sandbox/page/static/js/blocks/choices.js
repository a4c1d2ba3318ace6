/** Radio buttons and checkboxes. */

import { h, uid } from "../dom.js";
import { markFocus } from "../focus.js";
import { textObject, textOf } from "../text/render.js";
import { choose, named } from "./interact.js";

function row(type, name, option, ctx, { checked, onChange, focusKey }) {
  const descriptionId = option.description ? uid("description") : null;
  const input = markFocus(h("input", { type, name, checked, "aria-label": textOf(option.text, ctx.names), "aria-describedby": descriptionId,
    on: { change: onChange } }), ...focusKey, option.value);
  return h("label", { class: "choice" }, input, h("span", { class: "choice-text" },
    h("span", { class: "text" }, textObject(option.text, ctx.names)),
    option.description && h("span", { class: "choice-description text", id: descriptionId }, textObject(option.description, ctx.names))));
}

export function radioElement(element, block, ctx, naming) {
  const name = uid("radio");
  const current = ctx.fields.get(block, element);
  return h("div", { role: "radiogroup", class: "choices", ...named(naming) }, element.options.map((option) => row("radio", name, option, ctx, {
    checked: option.value === current,
    focusKey: [block.block_id, element.action_id],
    onChange: () => choose(element, block, ctx, naming, option.value),
  })));
}

export function checkboxesElement(element, block, ctx, naming) {
  const isOn = new Set(ctx.fields.get(block, element) ?? []);
  const toggle = (option, on) => {
    if (on) isOn.add(option.value);
    else isOn.delete(option.value);
    const value = element.options.map((each) => each.value).filter((each) => isOn.has(each));
    choose(element, block, ctx, naming, value);
  };
  return h("div", { role: "group", class: "choices", ...named(naming) }, element.options.map((option) => row("checkbox", uid("box"), option, ctx, {
    checked: isOn.has(option.value),
    focusKey: [block.block_id, element.action_id],
    onChange: (event) => toggle(option, event.target.checked),
  })));
}
