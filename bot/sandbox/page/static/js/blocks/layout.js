/** Blocks that show something: section, context, image, table, and the row of `actions`. */

import { h, icon, shorten, uid } from "../dom.js";
import { richText } from "../text/richtext.js";
import { textObject, textOf } from "../text/render.js";
import { elementNode } from "./elements.js";

export function section(block, ctx) {
  const body = h("div", { class: "section-body" });
  const textId = uid("text");
  if (block.text) body.append(h("div", { class: "text", id: textId }, textObject(block.text, ctx.names)));
  if (block.fields) {
    body.append(h("div", { class: "section-fields" },
      block.fields.map((field) => h("div", { class: "text" }, textObject(field, ctx.names)))));
  }
  if (!block.accessory) return body;
  const naming = { label: shorten(textOf(block.text ?? block.fields?.[0], ctx.names), 75), dispatch: true };
  const accessory = h("div", { class: "section-accessory" }, elementNode(block.accessory, block, ctx, naming));
  return h("div", { class: "section-row" }, body, accessory);
}

export function actions(block, ctx) {
  return h("div", { class: "actions-row" }, block.elements.map((element) => {
    const label = textOf(element.placeholder, ctx.names) || element.action_id || element.type;
    return elementNode(element, block, ctx, { label, dispatch: true });
  }));
}

export function context(block, ctx) {
  return h("div", { class: "context-row" }, block.elements.map((element) => (element.type === "image"
    ? picture(element, "context-image")
    : h("span", { class: "text" }, textObject(element, ctx.names)))));
}

export function image(block, ctx) {
  const title = block.title && h("figcaption", { class: "image-title" }, textObject(block.title, ctx.names));
  return h("figure", { class: "image-figure" }, title, picture(block, "large-image", ctx));
}

/** An image, or its alternative text in a box: addresses of other origins are not loaded at all (the policy forbids it). */
export function picture(element, className, ctx = null) {
  const source = sourceOf(element, ctx);
  const missing = () => h("span", { class: `${className} image-missing`, role: "img", "aria-label": element.alt_text }, icon("file"),
    className === "context-image" ? null : element.alt_text);
  if (!source) return missing();
  const node = h("img", { class: className, src: source, alt: element.alt_text, title: element.alt_text });
  node.addEventListener("error", () => node.replaceWith(missing()));
  return node;
}

function sourceOf(element, ctx) {
  if (element.slack_file) return ctx?.fileUrl(element.slack_file) ?? null;
  try {
    const url = new URL(element.image_url, location.href);
    return url.origin === location.origin ? url.href : null;
  } catch {
    return null;
  }
}

function cell(tag, content, settings, ctx) {
  const inside = content.type === "rich_text" ? richText(content.elements, ctx.names) : [content.text ?? ""];
  const props = { class: `cell cell-${settings?.align ?? "left"}${settings?.is_wrapped ? " cell-wrapped" : ""}` };
  return h(tag, tag === "th" ? { ...props, scope: "col" } : props, inside);
}

export function table(block, ctx) {
  const columns = block.column_settings ?? [];
  const row = (tag) => (cells) => h("tr", {}, cells.map((content, index) => cell(tag, content, columns[index], ctx)));
  const [head, ...rest] = block.rows;
  return h("div", { class: "table-scroll", tabindex: "0", role: "group", "aria-label": "Table" },
    h("table", {}, h("thead", {}, row("th")(head ?? [])), h("tbody", {}, rest.map(row("td")))));
}
