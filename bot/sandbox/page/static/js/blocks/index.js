/** Block Kit on a surface: draws blocks, and on an update touches only those that changed. */

import { arrange, h } from "../dom.js";
import { keepFocus } from "../focus.js";
import { richText } from "../text/richtext.js";
import { markdown } from "../text/markdown.js";
import { textObject } from "../text/render.js";
import { inputBlock } from "./input.js";
import { actions, context, image, section, table } from "./layout.js";

const DRAW = {
  section,
  context,
  image,
  table,
  actions,
  input: inputBlock,
  divider: () => h("hr", { class: "rule" }),
  header: (block, ctx) => h("h2", { class: "heading" }, textObject(block.text, ctx.names)),
  rich_text: (block, ctx) => h("div", { class: "text rich" }, richText(block.elements, ctx.names)),
  markdown: (block) => h("div", { class: "text rich" }, markdown(block.text)),
};

/** The visible place of something that this page cannot draw. */
export function notDrawn(type) {
  return h("div", { class: "not-drawn", role: "note" }, `not drawn: ${type}`);
}

const drawnFrom = new WeakMap();

function draw(block, source, ctx) {
  const make = DRAW[block.type];
  const data = { blockId: block.block_id ?? "", type: block.type };
  const node = h("div", { class: `block block-${make ? block.type : "unknown"}`, data }, make ? make(block, ctx) : notDrawn(block.type));
  drawnFrom.set(node, source);
  return node;
}

/**
 * Draws `blocks` into `host`. A block whose JSON did not change keeps its nodes (and with them an open menu, the caret, what is
 * typed); one that changed is drawn anew from `ctx.fields` and keeps the keyboard's place.
 */
export function renderBlocks(host, blocks, ctx) {
  const old = new Map([...host.children].map((node) => [drawnFrom.get(node), node]));
  const seen = new Map();
  const next = blocks.map((block) => {
    const json = JSON.stringify(block);
    seen.set(json, (seen.get(json) ?? 0) + 1);
    const source = `${seen.get(json)} ${json}`;
    return old.get(source) ?? draw(block, source, ctx);
  });
  keepFocus(host, () => arrange(host, next));
}

/** Makes the next `renderBlocks` draw this block again, for instance because a choice was taken back. */
export function forgetBlock(host, blockId) {
  const node = [...host.children].find((child) => child.dataset.blockId === blockId);
  if (node) drawnFrom.delete(node);
}
