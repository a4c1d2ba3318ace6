/** A list of messages that stays where the reader is: at its end while he is there, in place while he reads above. */

import { arrange, fill, h, icon } from "./dom.js";
import { MessageView } from "./message.js";
import { dayName, dayOf, seconds } from "./time.js";

const NEAR_END_PX = 80;
const COMPACT_SECONDS = 300;

export class MessageList {
  #views = new Map();
  #follows = true;
  #top = 0;

  /** `actions.openThread(message)`; `inThread` for the panel; `onEarlier()` asks for older messages; `intro` is a node for the top. */
  constructor(session, { label, openThread, inThread = false, onEarlier, intro = null, newSince = null }) {
    Object.assign(this, { session, openThread, inThread, newSince });
    this.earlier = h("button", { type: "button", class: "link-button earlier", on: { click: onEarlier } }, "Show earlier messages");
    this.state = h("div", { class: "list-state", role: "status" });
    this.intro = intro;
    this.items = h("div", { class: "items", role: "log", "aria-label": label, "aria-relevant": "additions" });
    this.jump = h("button", { type: "button", class: "jump", hidden: true, on: { click: () => this.toEnd() } }, icon("down"), "New messages");
    this.scroller = h("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": `${label}, history`,
      on: { scroll: () => this.#scrolled() } }, intro, this.earlier, this.state, this.items);
    this.element = h("div", { class: "message-list" }, this.scroller, this.jump);
    // The drawer opens, a picture arrives: who was at the end stays there.
    const sizes = new ResizeObserver(() => this.#follows && this.toEnd());
    sizes.observe(this.scroller);
    sizes.observe(this.items);
  }

  // Only a reader who scrolls up leaves the end; what grows below him does not.
  #scrolled() {
    const { scrollTop } = this.scroller;
    if (this.#atEnd()) {
      this.#follows = true;
      this.jump.hidden = true;
    } else if (scrollTop < this.#top) this.#follows = false;
    this.#top = scrollTop;
  }

  #atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
  }

  toEnd() {
    this.#follows = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.jump.hidden = true;
  }

  /** Brings one message into sight, for somebody who followed a link to it. */
  reveal(ts) {
    const element = this.#views.get(ts)?.element;
    if (!element) return;
    this.#follows = false;
    element.scrollIntoView({ block: "center" });
    element.classList.add("is-found");
    element.addEventListener("animationend", () => element.classList.remove("is-found"), { once: true });
    element.focus({ preventScroll: true });
  }

  /** Shows a conversation as it is now. */
  update(conversation) {
    const last = this.items.lastElementChild;
    this.earlier.hidden = !conversation.hasMore;
    if (this.intro) this.intro.hidden = conversation.hasMore;
    fill(this.state, conversation.error ?? (conversation.loaded ? null : "Loading messages…"));
    arrange(this.items, this.#rows(conversation.list()));
    if (this.#follows) this.toEnd();
    else if (this.items.lastElementChild !== last) this.jump.hidden = false;
  }

  #rows(messages) {
    const { zone, now } = this.session.names;
    const rows = [];
    let previous = null;
    let marked = this.newSince === null;
    for (const message of messages) {
      const at = seconds(message.ts);
      const newDay = !previous || dayOf(seconds(previous.ts), zone) !== dayOf(at, zone);
      if (newDay) rows.push(this.#separator(`day ${dayOf(at, zone)}`, dayName(at, zone, now())));
      const isNew = !marked && message.ts > this.newSince && message.user !== this.session.userId;
      if (isNew) rows.push(this.#separator("new", "New"));
      marked ||= isNew;
      rows.push(this.#view(message, !newDay && !isNew && follows(message, previous)));
      previous = message;
    }
    return rows;
  }

  #separator(key, words) {
    const old = this.#views.get(key);
    if (old) {
      old.element.firstChild.textContent = words;
      return old.element;
    }
    const element = h("div", { class: `separator${key === "new" ? " separator-new" : ""}`, role: "separator", "aria-label": words }, h("span", {}, words));
    this.#views.set(key, { element });
    return element;
  }

  #view(message, compact) {
    let view = this.#views.get(message.ts);
    if (!view) {
      view = new MessageView(this.session, message, { openThread: this.openThread, inThread: this.inThread });
      this.#views.set(message.ts, view);
    }
    view.update(message, compact);
    return view.element;
  }
}

function follows(message, previous) {
  return previous.user === message.user && !message.is_ephemeral && !previous.is_ephemeral
    && seconds(message.ts) - seconds(previous.ts) < COMPACT_SECONDS;
}
