/** The `markdown` block, as far as bots use it: headings, lists, quotes, code, rules, bold, italic, strike, links. */

import { h } from "../dom.js";
import { anchor } from "./render.js";
import { emojify } from "./emoji.js";

const INLINE = /`([^`]+)`|\*\*(.+?)\*\*|__(.+?)__|~~(.+?)~~|\*(\S(?:.*?\S)?)\*|\b_(\S(?:.*?\S)?)_\b|\[([^\]]+)\]\(([^)\s]+)\)/;

function inline(text) {
  const nodes = [];
  let rest = text;
  for (let match; (match = INLINE.exec(rest)); rest = rest.slice(match.index + match[0].length)) {
    if (match.index) nodes.push(emojify(rest.slice(0, match.index)));
    nodes.push(span(match));
  }
  if (rest) nodes.push(emojify(rest));
  return nodes;
}

function span([, code, bold, bold2, strike, italic, italic2, label, url]) {
  if (code) return h("code", {}, code);
  if (label) return anchor(url, inline(label));
  if (strike) return h("s", {}, inline(strike));
  const strong = bold ?? bold2;
  return strong ? h("strong", {}, inline(strong)) : h("em", {}, inline(italic ?? italic2));
}

const KINDS = [
  ["heading", /^(#{1,6})\s+(.*)$/],
  ["rule", /^(?:---+|\*\*\*+)$/],
  ["ul", /^\s*[-*+]\s+(.*)$/],
  ["ol", /^\s*\d+[.)]\s+(.*)$/],
  ["quote", /^>\s?(.*)$/],
  ["p", /^(.*)$/],
];

function classify(line) {
  for (const [kind, pattern] of KINDS) {
    const match = pattern.exec(line);
    if (match) return { kind, match };
  }
  return { kind: "p", match: [line, line] };
}

function block(kind, matches) {
  const [first] = matches;
  switch (kind) {
    case "heading": return h("p", { class: "md-heading", role: "heading", "aria-level": Math.min(first[1].length + 2, 6) }, inline(first[2]));
    case "rule": return h("hr");
    case "ul": case "ol": return h(kind, { class: "rich-list" }, matches.map((match) => h("li", {}, inline(match[1]))));
    case "quote": return h("blockquote", {}, joined(matches));
    default: return h("p", {}, joined(matches));
  }
}

function joined(matches) {
  return matches.flatMap((match, index) => [...(index ? [h("br")] : []), ...inline(match[1])]);
}

function blocksOf(text) {
  const groups = [];
  for (const line of text.split("\n")) {
    if (!line.trim()) {
      groups.push(null);
      continue;
    }
    const { kind, match } = classify(line.trimEnd());
    const last = groups.at(-1);
    if (last?.kind === kind && kind !== "heading") last.matches.push(match);
    else groups.push({ kind, matches: [match] });
  }
  return groups.filter(Boolean).map(({ kind, matches }) => block(kind, matches));
}

/** The nodes of a markdown text. */
export function markdown(text) {
  return text.split(/^```[^\n]*\n([\s\S]*?)\n?```$/m).flatMap((part, index) => (index % 2 ? [h("pre", {}, part)] : blocksOf(part)));
}
