/** `rich_text` blocks: sections, lists, preformatted text and quotes, with their inline elements. */

import { h } from "../dom.js";
import { anchor, broadcast, emoji, mention, moment } from "./render.js";

const STYLE_TAGS = [["code", "code"], ["strike", "s"], ["italic", "em"], ["bold", "strong"], ["underline", "u"]];

function styled(node, style = {}) {
  return STYLE_TAGS.filter(([name]) => style[name]).reduce((inner, [, tag]) => h(tag, {}, inner), node);
}

function lines(text) {
  return h("span", { class: "keep-lines" }, text);
}

function bare(element, names) {
  switch (element.type) {
    case "text": return lines(element.text);
    case "link": return anchor(element.url, element.text ?? element.url);
    case "emoji": return emoji(element.name, element.unicode);
    case "user": return mention("user", element.user_id, null, names);
    case "channel": return mention("channel", element.channel_id, null, names);
    case "usergroup": return mention("group", element.usergroup_id, null, names);
    case "broadcast": return broadcast(element.range);
    case "date": return moment({ at: element.timestamp, pattern: element.format, link: element.url }, names);
    case "color": return h("code", {}, element.value);
    default: return h("span", { class: "not-drawn-inline" }, `[not drawn: ${element.type}]`);
  }
}

function inline(elements, names) {
  return elements.map((element) => styled(bare(element, names), element.style));
}

function list(part, names) {
  const ordered = part.style === "ordered";
  const props = { class: bordered(part, `rich-list rich-indent-${part.indent ?? 0}`), start: ordered ? (part.offset ?? 0) + 1 : null };
  return h(ordered ? "ol" : "ul", props, part.elements.map((item) => h("li", {}, inline(item.elements, names))));
}

function bordered(part, className = "") {
  return part.border ? `${className} rich-border`.trim() : className;
}

function drawPart(part, names) {
  switch (part.type) {
    case "rich_text_section": return h("p", { class: "rich-section" }, inline(part.elements, names));
    case "rich_text_list": return list(part, names);
    case "rich_text_preformatted": return h("pre", { class: bordered(part) }, inline(part.elements, names));
    case "rich_text_quote": return h("blockquote", {}, inline(part.elements, names));
    default: return h("p", { class: "not-drawn" }, `not drawn: ${part.type}`);
  }
}

/** The nodes of a `rich_text` block's parts. */
export function richText(parts, names) {
  return parts.map((part) => drawPart(part, names));
}
