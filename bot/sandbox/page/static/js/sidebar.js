/** The left side: the workspace's name, who one is, channels, direct messages, the app. */

import { arrange, attr, fill, h, icon, iconButton } from "./dom.js";
import { avatar } from "./avatar.js";
import { attachMenu } from "./menu.js";
import { toApp } from "./channel.js";
import { personSwitch } from "./person.js";
import { hrefOf } from "./route.js";

const CHANNEL_ICONS = { public: "hash", private: "lock", shared: "shared" };
const CHANNEL_NOTES = { private: "Private channel", shared: "Shared with another organization (Slack Connect)" };

/** One link. It stays the same element while its place is there: a press, a menu, the keyboard's place survive a redraw. */
class Row {
  #source = "";

  /** `lead` is what stands before the name, `onOpen(route)` opens the place. */
  constructor({ lead, onOpen }) {
    this.name = h("span", { class: "sidebar-name" });
    this.count = h("span", { class: "unread", hidden: true });
    this.link = h("a", { class: "sidebar-link", on: { click: (event) => this.#follow(event, onOpen) } }, lead, this.name, this.count);
    this.element = h("li", {}, this.link);
  }

  update({ route, href, name, note, unread, isLoud, isCurrent }) {
    this.route = route;
    const source = JSON.stringify([href, name, note, unread, isLoud, isCurrent]);
    if (source === this.#source) return;
    this.#source = source;
    this.link.classList.toggle("is-unread", unread > 0);
    fill(this.name, name);
    fill(this.count, unread ? String(unread) : null);
    this.count.hidden = !unread;
    this.count.classList.toggle("unread-loud", Boolean(isLoud));
    attr(this.link, "href", href);
    attr(this.link, "title", note);
    attr(this.link, "aria-label", unread ? `${name}, ${unread} unread` : name);
    attr(this.link, "aria-current", isCurrent ? "page" : null);
  }

  // With a modifier key the browser opens the link in a window of its own.
  #follow(event, onOpen) {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    onOpen(this.route);
  }
}

/** A heading and its links. */
class Section {
  #rows = new Map();

  /** `action` is a button beside the heading; without one an empty section is not shown. */
  constructor(title, { action = null, onOpen }) {
    Object.assign(this, { action, onOpen });
    this.list = h("ul", {});
    this.element = h("section", { class: "sidebar-section", "aria-label": title },
      h("div", { class: "sidebar-head" }, h("h2", {}, title), action), this.list);
  }

  /** `places` are `{key, lead (a function), ...}` and what `Row.update` takes. */
  update(places) {
    const rows = new Map(places.map((place) => [place.key,
      this.#rows.get(place.key) ?? new Row({ lead: place.lead(), onOpen: this.onOpen })]));
    this.#rows = rows;
    for (const place of places) rows.get(place.key).update(place);
    arrange(this.list, [...rows.values()].map((row) => row.element));
    this.element.hidden = !places.length && !this.action;
  }
}

export class Sidebar {
  /** `onOpen(route)` opens a place, `onPerson(id)` changes who one is. */
  constructor(session, { onOpen, onPerson }) {
    Object.assign(this, { session, onOpen });
    this.route = {};
    this.channels = new Section("Channels", { onOpen });
    this.directs = new Section("Direct messages", { onOpen, action: this.#newDirect() });
    this.apps = new Section("Apps", { onOpen });
    const lists = h("div", { class: "sidebar-lists" }, [this.channels, this.directs, this.apps].map((section) => section.element));
    this.presence = h("div", { class: "presence", role: "status" });
    this.element = h("nav", { class: "sidebar", "aria-label": "Workspace" }, personSwitch(session, onPerson), lists, this.presence);
    for (const event of ["sidebar", "people", "presence"]) session.on(event, () => this.draw());
  }

  setRoute(route) {
    this.route = route;
    this.draw();
  }

  draw() {
    const { channels, dms, app } = this.session.sidebar;
    this.channels.update(channels.map((channel) => this.#channel(channel)));
    this.directs.update(dms.filter((dm) => !dm.is_app).map((dm) => this.#direct(dm)));
    this.apps.update(app ? [this.#app(app, dms.find((dm) => dm.id === app.im))] : []);
    this.#drawPresence();
  }

  // Somebody of another organization begins no conversation here.
  #newDirect() {
    const { me, workspace } = this.session;
    if (me.team_id !== workspace.team.id) return null;
    return attachMenu(iconButton("plus", "New direct message", () => {}), { label: "New direct message", items: () => this.#partners() });
  }

  #partners() {
    const { people, userId } = this.session;
    return [...people.values()].filter((person) => person.can_act && person.id !== userId).map((person) => ({
      label: person.name,
      onPick: () => this.onOpen({ dm: person.id }),
    }));
  }

  #place({ key, route, lead, name, note = null, place, isCurrent }) {
    const unread = place?.unread ?? 0;
    return { key, route, lead, name, note, unread, isCurrent, isLoud: Boolean(place?.mentions || place?.kind === "im"),
      href: hrefOf({ user: this.session.userId, ...route }) };
  }

  #channel(channel) {
    return this.#place({
      key: `${channel.id} ${channel.kind}`, route: { channel: channel.id }, lead: () => icon(CHANNEL_ICONS[channel.kind] ?? "hash"),
      name: channel.name, place: channel, note: CHANNEL_NOTES[channel.kind], isCurrent: this.route.channel === channel.id,
    });
  }

  #direct(dm) {
    return this.#place({
      key: dm.id, route: { channel: dm.id }, lead: () => avatar(this.session.names.person(dm.user), dm.name, "avatar-small"), name: dm.name,
      place: dm, isCurrent: this.route.channel === dm.id,
    });
  }

  #app(app, dm) {
    const { workspace, names } = this.session;
    const toMessages = dm?.unread || !app.home_tab;
    return this.#place({
      key: app.user, route: toMessages ? toApp(app, dm) : { view: "home" }, name: workspace.app.name, place: dm,
      lead: () => avatar(names.person(app.user), workspace.app.name, "avatar-small"),
      isCurrent: this.route.view === "home" || Boolean(dm && this.route.channel === dm.id),
    });
  }

  #drawPresence() {
    const { app } = this.session.workspace;
    const words = !app.installed ? "is not installed" : (app.connected ? "is connected" : "is not connected");
    this.presence.className = `presence ${app.installed && app.connected ? "is-on" : "is-off"}`;
    const text = `${app.name} ${words}`;
    if (this.presence.textContent !== text) fill(this.presence, h("span", { class: "dot" }), h("span", {}, text));
  }
}
