/** Drawing text: mrkdwn trees and text objects become nodes. Nothing is ever read as HTML. */

import { h } from "../dom.js";
import { full, slackDate } from "../time.js";
import { emojiFor, emojify } from "./emoji.js";
import { parse } from "./mrkdwn.js";

const SAFE_SCHEMES = new Set(["http:", "https:", "mailto:"]);

// What is no address of the web or of mail leads nowhere: a script is an address, too.
function leadsSomewhere(url) {
  try {
    return SAFE_SCHEMES.has(new URL(url).protocol);
  } catch {
    return false;
  }
}

/** A link that opens in a new window; an address that is not of the web or of mail becomes plain text. */
export function anchor(url, ...children) {
  if (!leadsSomewhere(url)) return h("span", {}, ...children);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

/** Opens an address in a window of its own. */
export function openAddress(url) {
  if (leadsSomewhere(url)) open(url, "_blank", "noopener,noreferrer");
}

/** A person, channel or group named in a text. */
export function mention(kind, id, label, names) {
  if (kind === "user") {
    const person = names.person(id);
    const mine = id === names.viewerId;
    return h("span", { class: `mention${mine ? " mention-me" : ""}`, data: { user: id } }, `@${person?.name ?? label ?? id}`);
  }
  if (kind === "channel") return h("span", { class: "mention", data: { channel: id } }, `#${names.channel(id)?.name ?? label ?? id}`);
  const group = names.group(id);
  return h("span", { class: "mention", title: group?.name }, `@${group?.handle ?? (label ?? id).replace(/^@/, "")}`);
}

/** `@here` and its like. */
export function broadcast(range) {
  return h("span", { class: "mention mention-me" }, `@${range}`);
}

/** An emoji by name (or by its code points, "1f389"), or the name as text. */
export function emoji(name, unicode = null) {
  const character = emojiFor(name) ?? fromCodePoints(unicode);
  if (!character) return document.createTextNode(`:${name}:`);
  return h("span", { class: "emoji", role: "img", "aria-label": name.replaceAll("_", " "), title: `:${name}:` }, character);
}

function fromCodePoints(unicode) {
  if (!/^[0-9a-f]{2,5}(-[0-9a-f]{2,5})*$/i.test(unicode ?? "")) return null;
  return String.fromCodePoint(...unicode.split("-").map((point) => Number.parseInt(point, 16)));
}

/** A moment, written in the zone of the person who looks. */
export function moment({ at, pattern, link }, names) {
  const time = h("time", { datetime: new Date(at * 1000).toISOString(), title: full(at, names.zone) },
    slackDate(pattern, at, names.zone, names.now()));
  return link ? anchor(link, time) : time;
}

function drawDate(node, names) {
  return Number.isFinite(new Date(node.at * 1000).getTime()) ? moment(node, names) : document.createTextNode(node.fallback);
}

function draw(node, names) {
  const inside = () => node.children.map((child) => draw(child, names));
  switch (node.type) {
    case "text": return document.createTextNode(node.text);
    case "br": return h("br");
    case "bold": return h("strong", {}, inside());
    case "italic": return h("em", {}, inside());
    case "strike": return h("s", {}, inside());
    case "quote": return h("blockquote", {}, inside());
    case "code": return h("code", {}, node.text);
    case "pre": return h("pre", {}, node.text);
    case "link": return anchor(node.url, inside());
    case "emoji": return emoji(node.name);
    case "broadcast": return broadcast(node.range);
    case "date": return drawDate(node, names);
    default: return mention(node.type, node.id, node.label, names);
  }
}

/** The nodes of a mrkdwn text. */
export function mrkdwn(text, names, options = {}) {
  return parse(text, options).map((node) => draw(node, names));
}

/** The nodes of a text object: `plain_text` shows what it says (and its emoji), `mrkdwn` is formatted. */
export function textObject(object, names) {
  if (!object) return [];
  if (object.type === "mrkdwn") return mrkdwn(object.text, names, object);
  return plainLines(object.emoji === false ? object.text : emojify(object.text));
}

function plainLines(text) {
  return text.split("\n").flatMap((line, index) => (index ? [h("br"), line] : [line]));
}

/** A text object as one line of characters: for names, tooltips and menus. */
export function textOf(object, names) {
  if (!object) return "";
  return object.type === "mrkdwn" ? flatten(parse(object.text, object), names) : emojify(object.text);
}

/** A mrkdwn text as characters. */
export function plainOf(text, names) {
  return flatten(parse(text), names);
}

function flatten(nodes, names) {
  return nodes.map((node) => (node.children ? flatten(node.children, names) : draw(node, names).textContent || " ")).join("");
}
