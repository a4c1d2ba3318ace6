/**
 * Slack's mrkdwn as a tree. Pure: text in, plain objects out; `render.js` draws them.
 *
 * Nodes: text, bold, italic, strike, quote (children), code, pre (text), br, link (url, children), user, channel, group (id, label),
 * broadcast (range), date (at, pattern, link, fallback), emoji (name).
 */

const STYLES = { "*": "bold", _: "italic", "~": "strike" };
const ANGLE = /<([^<>\n]+)>/y;
const CODE = /`([^`\n]+)`/y;
const EMOJI = /:([a-z0-9_+'-]+)(?:::skin-tone-[2-6])?:/y;
const BARE_URL = /https?:\/\/[^\s<>|*`]+[^\s<>|*`.,;:!?'")\]]/y;
const WORD = /[\p{L}\p{N}]/u;

/** The three escapes that Slack knows, once and in one pass: "&amp;lt;" is the text "&lt;". */
export function unescape(text) {
  return text.replace(/&(amp|lt|gt);/g, (_, name) => ({ amp: "&", lt: "<", gt: ">" })[name]);
}

/** A whole mrkdwn text. With `verbatim`, bare addresses stay text. */
export function parse(text, { verbatim = false } = {}) {
  const nodes = [];
  text.split(/```([\s\S]+?)```/).forEach((part, index) => {
    if (index % 2) nodes.push({ type: "pre", text: unescape(part.replace(/^\n/, "").replace(/\n$/, "")) });
    else if (part) nodes.push(...parseLines(trimAround(part, index, text), verbatim));
  });
  return nodes;
}

// A code block is a block of its own: the line breaks that touch it would be empty lines.
function trimAround(part, index, text) {
  const afterBlock = index > 0 ? part.replace(/^\n/, "") : part;
  return text.endsWith(part) && !text.endsWith("```") ? afterBlock : afterBlock.replace(/\n$/, "");
}

function parseLines(text, verbatim) {
  const nodes = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at += 1) {
    const quoted = [];
    const rest = /^(?:&gt;|>){3}(.*)$/.exec(lines[at]);
    if (rest) {
      quoted.push(rest[1], ...lines.slice(at + 1));
      at = lines.length;
    } else {
      for (let match; (match = /^(?:&gt;|>) ?(.*)$/.exec(lines[at] ?? "")); at += 1) quoted.push(match[1]);
    }
    if (quoted.length) {
      nodes.push({ type: "quote", children: joinLines(quoted, verbatim) });
      at -= 1;
      continue;
    }
    if (nodes.length && nodes.at(-1).type !== "quote") nodes.push({ type: "br" });
    nodes.push(...parseInline(lines[at], verbatim));
  }
  return nodes;
}

function joinLines(lines, verbatim) {
  return lines.flatMap((line, index) => [...(index ? [{ type: "br" }] : []), ...parseInline(line, verbatim)]);
}

function sticky(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** One line, without blocks. */
export function parseInline(text, verbatim = false) {
  const nodes = [];
  let plain = "";
  const flush = () => {
    if (plain) nodes.push({ type: "text", text: unescape(plain) });
    plain = "";
  };
  for (let at = 0; at < text.length; ) {
    const found = special(text, at, verbatim);
    if (found) {
      flush();
      nodes.push(found.node);
      at = found.end;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  flush();
  return nodes;
}

function special(text, at, verbatim) {
  const char = text[at];
  if (char === "<") return whole(sticky(ANGLE, text, at), ([, body]) => angle(body));
  if (char === "`") return whole(sticky(CODE, text, at), ([, body]) => ({ type: "code", text: unescape(body) }));
  if (char === ":") return whole(sticky(EMOJI, text, at), ([, name]) => ({ type: "emoji", name }));
  if (char in STYLES) return styled(text, at, verbatim);
  if (char === "h" && !verbatim && !WORD.test(text[at - 1] ?? " ")) {
    return whole(sticky(BARE_URL, text, at), ([url]) => link(unescape(url), null));
  }
  return null;
}

function whole(match, build) {
  return match && { node: build(match), end: match.index + match[0].length };
}

// A style opens after a boundary and before something visible, and closes the other way round, on the same line.
function styled(text, at, verbatim) {
  const char = text[at];
  if (WORD.test(text[at - 1] ?? " ") || /[\s]/.test(text[at + 1] ?? " ") || text[at + 1] === char) return null;
  for (let end = at + 1; end < text.length; end += 1) {
    const skipped = sticky(ANGLE, text, end) ?? sticky(CODE, text, end);
    if (skipped) end += skipped[0].length - 1;
    else if (text[end] === char && !/\s/.test(text[end - 1]) && !WORD.test(text[end + 1] ?? " ")) {
      return { node: { type: STYLES[char], children: parseInline(text.slice(at + 1, end), verbatim) }, end: end + 1 };
    }
  }
  return null;
}

/** What stands between < and >. */
function angle(body) {
  const bar = body.indexOf("|");
  const head = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? null : unescape(body.slice(bar + 1));
  if (/^@[UW]\w+$/.test(head)) return { type: "user", id: head.slice(1), label };
  if (/^#C\w+$/.test(head)) return { type: "channel", id: head.slice(1), label };
  if (/^!subteam\^S\w+$/.test(head)) return { type: "group", id: head.slice(9), label };
  if (/^!(here|channel|everyone)$/.test(head)) return { type: "broadcast", range: head.slice(1) };
  const date = /^!date\^(-?\d+)\^([^^]+)(?:\^(.+))?$/.exec(head);
  if (date) return { type: "date", at: Number(date[1]), pattern: unescape(date[2]), link: date[3] ?? null, fallback: label ?? "" };
  if (head.startsWith("!")) return { type: "text", text: label ?? `<${unescape(body)}>` };
  return link(unescape(head), label);
}

function link(url, label) {
  const shown = label ?? url.replace(/^mailto:/, "");
  return { type: "link", url, children: [{ type: "text", text: shown }] };
}
