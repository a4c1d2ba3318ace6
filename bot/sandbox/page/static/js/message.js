/** One message: author, time, text or blocks, files, replies, and what may be done with it. */

import { arrange, attr, fill, h, icon, iconButton } from "./dom.js";
import { keepFocus, markFocus } from "./focus.js";
import { attachMenu } from "./menu.js";
import { avatar } from "./avatar.js";
import { fileCard } from "./filecard.js";
import { note } from "./dialogs.js";
import { Surface } from "./surface.js";
import { mrkdwn } from "./text/render.js";
import { clock, full, seconds, slackDate } from "./time.js";

function lastReply(at, { zone, now }) {
  return slackDate("{date_short_pretty} at {time}", at, zone, now()).replace(/^(Today|Yesterday)/, (word) => word.toLowerCase());
}

export class MessageView {
  #compact = null;
  #parts = new Map();

  /** `actions`: `openThread(message)`. `inThread` leaves out what leads to the thread. */
  constructor(session, message, { openThread, inThread }) {
    this.session = session;
    this.openThread = openThread;
    this.inThread = inThread;
    this.blockHost = h("div", { class: "blocks" });
    this.surface = new Surface(session, {
      host: this.blockHost,
      address: () => ({ channel: this.message.channel, ts: this.message.ts }),
      onResult: (result) => !result.ok && note(result.message ?? result.error),
    });
    this.body = h("div", { class: "message-body" });
    this.side = h("div", { class: "message-side" });
    this.element = h("article", { class: "message", tabindex: "-1", data: { ts: message.ts } }, this.side, this.body);
    this.update(message, false);
  }

  /** Shows the message as it is now; `compact` leaves out the author, who is the one above. */
  update(message, compact) {
    if (message === this.message && compact === this.#compact) return;
    const isSame = compact === this.#compact && JSON.stringify(message) === JSON.stringify(this.message);
    this.message = message;
    this.#compact = compact;
    if (isSame) return;
    keepFocus(this.element, () => this.#draw(message, compact));
  }

  #draw(message, compact) {
    const { names } = this.session;
    const at = seconds(message.ts);
    const person = names.person(message.user);
    const name = person?.name ?? message.name ?? message.user;
    this.element.classList.toggle("is-compact", compact);
    this.element.classList.toggle("is-ephemeral", Boolean(message.is_ephemeral));
    attr(this.element, "aria-label", `${name}, ${clock(at, names.zone)}${message.is_ephemeral ? ", only visible to you" : ""}`);
    arrange(this.side, [this.#part(compact ? "time" : "avatar", [name, person], () => (compact ? this.#time(at) : avatar(person, name)))]);
    const isBlocks = Boolean(message.blocks?.length);
    if (isBlocks) this.surface.show(message.blocks, message.values);
    arrange(this.body, [
      message.is_ephemeral && this.#part("private", null, () => h("div", { class: "only-you" }, icon("eye"), "Only visible to you")),
      !compact && this.#part("header", [name, person], () => this.#header(name, person, this.#time(at))),
      ...this.#content(message, isBlocks),
      ...(message.attachments ?? []).map((one, index) => this.#part(`attachment ${index}`, [one, message.values], () => this.#attachment(one))),
      message.files?.length && this.#part("files", message.files, () => h("div", { class: "files" }, message.files.map((file) => fileCard(file)))),
      this.#replies(message),
      message.is_ephemeral && this.#part("dismiss", null, () => this.#dismiss()),
      this.#tools(message, name),
    ].filter(Boolean));
  }

  // A part that did not change keeps its nodes: an open menu, a pressed button, a loaded picture outlive an edit beside them.
  #part(key, facts, make) {
    const source = JSON.stringify(facts);
    if (this.#parts.get(key)?.source !== source) this.#parts.set(key, { source, node: make() });
    return this.#parts.get(key).node;
  }

  #time(at) {
    const { zone } = this.session.names;
    return h("time", { class: "message-time", datetime: new Date(at * 1000).toISOString(), title: full(at, zone) }, clock(at, zone));
  }

  #header(name, person, time) {
    const badge = person?.kind === "bot" ? h("span", { class: "badge" }, "APP") : null;
    const outside = person?.kind === "stranger" ? h("span", { class: "badge badge-outside" }, "External") : null;
    return h("div", { class: "message-header" }, h("span", { class: "message-author" }, name), badge, outside, time);
  }

  #content(message, isBlocks) {
    const { names } = this.session;
    const edited = () => h("span", { class: "edited", title: full(seconds(message.edited.ts), names.zone) }, "(edited)");
    if (isBlocks) return [this.blockHost, message.edited && this.#part("edited", message.edited, edited)];
    return [message.text && this.#part("text", [message.text, message.edited],
      () => h("div", { class: "text message-text" }, mrkdwn(message.text, names), message.edited && [" ", edited()]))];
  }

  #attachment(attachment) {
    const box = h("div", { class: "attachment" });
    if (/^#?[0-9a-f]{6}$/i.test(attachment.color ?? "")) box.style.setProperty("--bar", `#${attachment.color.replace("#", "")}`);
    if (!attachment.blocks) {
      fill(box, h("div", { class: "text" }, mrkdwn(attachment.text ?? attachment.fallback ?? "", this.session.names)));
      return box;
    }
    const { address, onResult } = this.surface;
    new Surface(this.session, { host: box, address, onResult }).show(attachment.blocks, this.message.values);
    return box;
  }

  #replies(message) {
    if (!message.reply_count || this.inThread) return null;
    const { names } = this.session;
    const { reply_count: count, reply_users: users = [], latest_reply: latest } = message;
    return this.#part("replies", [count, users, latest], () => {
      const faces = [...new Set(users)].slice(0, 4).map((id) => avatar(names.person(id), id, "avatar-tiny"));
      // A moment and no "3 seconds ago", which would be wrong a minute later.
      const last = latest ? h("span", { class: "replies-last" }, `Last reply ${lastReply(seconds(latest), names)}`) : null;
      return markFocus(h("button", { type: "button", class: "replies", on: { click: () => this.openThread(this.message) } },
        faces, h("span", { class: "replies-count" }, `${count} ${count === 1 ? "reply" : "replies"}`), last), "replies", message.ts);
    });
  }

  #dismiss() {
    const dismiss = () => this.session.act("dismiss", { channel: this.message.channel, ts: this.message.ts });
    return h("button", { type: "button", class: "link-button dismiss", on: { click: dismiss } }, "Dismiss message");
  }

  #tools(message, name) {
    if (message.is_ephemeral) return null;
    const commands = this.#commands(message);
    if (this.inThread && !commands.length) return null;
    return this.#part("tools", [name, commands], () => {
      const reply = this.inThread ? null
        : markFocus(iconButton("reply", "Reply in thread", () => this.openThread(this.message)), "reply", message.ts);
      const more = commands.length ? attachMenu(markFocus(iconButton("more", "More actions", () => {}), "more", message.ts),
        { label: "More actions", items: () => commands }) : null;
      return h("div", { class: "message-tools", role: "group", "aria-label": `Actions for the message of ${name}` }, reply, more);
    });
  }

  #commands(message) {
    const { session } = this;
    const tell = (promise) => promise.then((result) => !result.ok && note(result.message ?? result.error));
    const place = { channel: message.channel, ts: message.ts };
    const shortcuts = session.workspace.shortcuts.filter((shortcut) => shortcut.type === "message").map((shortcut) => ({
      label: shortcut.name,
      onPick: () => tell(session.act("message_shortcut", { callback_id: shortcut.callback_id, ...place })),
    }));
    const remove = message.user === session.userId ? [{ label: "Delete message", onPick: () => tell(session.act("delete", place)) }] : [];
    return [...shortcuts, ...remove];
  }
}
