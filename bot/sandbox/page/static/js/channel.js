/** The middle: a channel, a direct message, or the app with its tabs. */

import { fill, h, icon, iconButton } from "./dom.js";
import { Composer } from "./composer.js";
import { note } from "./dialogs.js";
import { MessageList } from "./messagelist.js";

const LEAD = { public: "hash", private: "lock", shared: "shared" };

function describe(place) {
  if (place.kind === "im") return { title: place.name, label: `Message ${place.name}` };
  return { title: place.name, label: `Message #${place.name}` };
}

/** The head of the middle column: name, topic, members, and the app's tabs where it is the app. */
export function header(session, { lead, title, place, onMenu, tabs }) {
  const facts = place && place.kind !== "im"
    ? h("span", { class: "channel-facts" }, icon("people"), `${place.members} member${place.members === 1 ? "" : "s"}`,
      place.is_ext_shared ? h("span", { class: "badge badge-outside" }, "Shared with another organization") : null)
    : null;
  return h("header", { class: "channel-head" }, iconButton("menu", "Show channels", onMenu, { class: "icon-button only-narrow" }),
    h("h1", { class: "channel-title" }, lead && icon(lead), h("span", {}, title)), facts,
    place?.topic ? h("span", { class: "channel-topic", title: place.topic }, place.topic) : null, tabs ?? null);
}

/** Where the app's messages are; the conversation with it may have to be opened first. */
export function toApp(app, dm) {
  return dm ? { channel: dm.id } : { dm: app.user };
}

/** The tabs Home and Messages of the app. */
export function appTabs(session, current, onOpen) {
  const { app } = session.sidebar;
  const choices = [app.home_tab && ["Home", { view: "home" }, "home"], ["Messages", toApp(app, session.place(app.im)), "messages"]].filter(Boolean);
  const tabs = choices.map(([name, route, id]) => h("button", { type: "button", role: "tab", class: "tab", "aria-selected": String(id === current),
    tabindex: id === current ? "0" : "-1", on: { click: () => onOpen(route) } }, name));
  const step = (event) => {
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (move) tabs[(tabs.indexOf(document.activeElement) + move + tabs.length) % tabs.length].focus();
  };
  return h("div", { role: "tablist", class: "tabs", "aria-label": `${session.workspace.app.name} tabs`, on: { keydown: step } }, tabs);
}

function introOf(place) {
  const words = place.kind === "im" ? `your conversation with ${place.name}` : `#${place.name}`;
  const title = h("p", { class: "intro-title" }, place.kind === "im" ? null : icon(LEAD[place.kind]), place.name);
  return h("div", { class: "intro" }, title, h("p", {}, `This is the beginning of ${words}.`));
}

export class ChannelView {
  #read = null;

  constructor(session, place, { onMenu, onOpen, openThread }) {
    Object.assign(this, { session, place });
    const { title, label } = describe(place);
    const unread = place.unread > 0 ? place.last_read : null;
    this.list = new MessageList(session, { label: place.kind === "im" ? `Messages with ${title}` : `Messages in #${title}`, openThread,
      onEarlier: () => session.loadEarlier(this.conversation), intro: introOf(place), newSince: unread });
    this.foot = h("div", { class: "channel-foot" });
    this.composer = new Composer(session, { place, label });
    this.head = h("div", {});
    this.element = h("main", { class: "channel", "aria-label": title }, this.head, this.list.element, this.foot);
    this.chrome = { onMenu, onOpen };
    this.#drawChrome();
    this.stops = [
      session.on("conversation", (conversation) => conversation === this.conversation && this.#show()),
      session.on("sidebar", () => this.#drawChrome()),
      session.on("people", () => this.#show()),
    ];
    this.onVisible = () => this.#markRead();
    document.addEventListener("visibilitychange", this.onVisible);
  }

  async start() {
    this.conversation = await this.session.open(this.place.id);
    this.#show();
    this.list.toEnd();
  }

  stop() {
    this.stops.forEach((stop) => stop());
    document.removeEventListener("visibilitychange", this.onVisible);
  }

  focus() {
    if (this.foot.contains(this.composer.element)) this.composer.focus();
  }

  #show() {
    if (!this.conversation) return;
    this.list.update(this.conversation);
    this.#markRead();
  }

  #drawChrome() {
    const now = this.session.place(this.place.id) ?? this.place;
    this.place = now;
    const { app } = this.session.sidebar;
    const tabs = app && now.id === app.im ? appTabs(this.session, "messages", this.chrome.onOpen) : null;
    const facts = JSON.stringify([now.name, now.topic, now.members, now.is_member, now.is_archived, now.is_ext_shared]);
    if (facts === this.facts) return;
    this.facts = facts;
    fill(this.head, header(this.session, { lead: LEAD[now.kind], title: now.name, place: now, tabs, onMenu: this.chrome.onMenu }));
    const foot = this.#footOf(now);
    if (this.foot.firstChild !== foot) fill(this.foot, foot);
  }

  #footOf(place) {
    if (place.is_archived) return h("p", { class: "foot-note" }, "This channel is archived. It can be read, not written to.");
    if (place.kind === "im" || place.is_member) return this.composer.element;
    const join = async () => {
      const result = await this.session.act("membership", { channel: place.id, act: "join" });
      if (!result.ok) note(result.message ?? result.error);
    };
    return h("p", { class: "foot-note" }, `You are not in #${place.name}. `, h("button", { type: "button", class: "button", on: { click: join } }, "Join channel"));
  }

  #markRead() {
    const last = this.conversation?.list().at(-1);
    if (!last || document.visibilityState !== "visible" || last.ts === this.#read || last.ts <= this.place.last_read) return;
    this.#read = last.ts;
    this.session.act("read", { channel: this.place.id, ts: last.ts });
  }
}

/** The panel with one thread. */
export class ThreadView {
  constructor(session, place, threadTs, { onClose }) {
    Object.assign(this, { session, place, threadTs });
    const where = place.kind === "im" ? place.name : `#${place.name}`;
    this.list = new MessageList(session, { label: `Thread in ${where}`, inThread: true, openThread: () => {}, onEarlier: () => session.loadEarlier(this.conversation) });
    const mayWrite = place.kind === "im" || (place.is_member && !place.is_archived);
    this.composer = mayWrite ? new Composer(session, { place, label: "Reply…", threadTs }) : null;
    this.element = h("aside", { class: "thread", "aria-label": "Thread", on: { keydown: (event) => event.key === "Escape" && onClose() } },
      h("header", { class: "channel-head" }, h("h2", { class: "channel-title" }, "Thread"), h("span", { class: "channel-topic" }, where),
        h("span", { class: "spring" }), iconButton("close", "Close thread", onClose)),
      this.list.element, this.composer?.element ?? null);
    this.stop = session.on("conversation", (conversation) => conversation === this.conversation && this.list.update(conversation));
  }

  async start() {
    this.conversation = await this.session.open(this.place.id, this.threadTs);
    this.list.update(this.conversation);
    this.list.toEnd();
  }

  focus() {
    this.composer?.focus();
  }
}
