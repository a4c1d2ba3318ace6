/** The left side: the workspace's name, who one is, channels, direct messages, the app. */

import { attr, fill, h, icon, iconButton } from "./dom.js";
import { avatar } from "./avatar.js";
import { keepFocus, markFocus } from "./focus.js";
import { attachMenu } from "./menu.js";
import { toApp } from "./channel.js";
import { personSwitch } from "./person.js";
import { hrefOf } from "./route.js";

const CHANNEL_ICONS = { public: "hash", private: "lock", shared: "shared" };

export class Sidebar {
  /** `onOpen(route)` opens a place, `onPerson(id)` changes who one is. */
  constructor(session, { onOpen, onPerson }) {
    Object.assign(this, { session, onOpen });
    this.route = {};
    this.newDirect = attachMenu(iconButton("plus", "New direct message", () => {}), { label: "New direct message", items: () => this.#partners() });
    this.lists = h("div", { class: "sidebar-lists" });
    this.presence = h("div", { class: "presence", role: "status" });
    this.element = h("nav", { class: "sidebar", "aria-label": "Workspace" }, personSwitch(session, onPerson), this.lists, this.presence);
    for (const event of ["sidebar", "people", "presence"]) session.on(event, () => this.draw());
  }

  setRoute(route) {
    this.route = route;
    this.draw();
  }

  draw() {
    const { channels, dms, app } = this.session.sidebar;
    const people = dms.filter((dm) => !dm.is_app);
    keepFocus(this.lists, () => fill(this.lists,
      this.#section("Channels", channels.map((channel) => this.#channel(channel))),
      this.#section("Direct messages", people.map((dm) => this.#direct(dm)), this.session.me.team_id === this.session.workspace.team.id && this.newDirect),
      app && this.#section("Apps", [this.#app(app, dms.find((dm) => dm.id === app.im))])));
    this.#drawPresence();
  }

  #partners() {
    const { people, userId } = this.session;
    return [...people.values()].filter((person) => person.can_act && person.id !== userId).map((person) => ({
      label: person.name,
      onPick: () => this.onOpen({ dm: person.id }),
    }));
  }

  #section(title, rows, action = null) {
    if (!rows.length && !action) return null;
    const head = h("div", { class: "sidebar-head" }, h("h2", {}, title), action);
    return h("section", { class: "sidebar-section", "aria-label": title }, head, h("ul", {}, rows.map((row) => h("li", {}, row))));
  }

  #link({ route, lead, name, note, place, current }) {
    const unread = place?.unread ?? 0;
    const words = unread ? `${name}, ${unread} unread` : name;
    const count = unread ? h("span", { class: `unread${place.mentions || place.kind === "im" ? " unread-loud" : ""}` }, String(unread)) : null;
    const node = h("a", { class: `sidebar-link${unread ? " is-unread" : ""}`, href: hrefOf({ user: this.session.userId, ...route }), "aria-label": words,
      title: note, on: { click: (event) => this.#follow(event, route) } }, lead, h("span", { class: "sidebar-name" }, name), count);
    attr(node, "aria-current", current ? "page" : null);
    return markFocus(node, "sidebar", route.channel ?? "", route.view ?? "");
  }

  // With a modifier key the browser opens the link in a window of its own.
  #follow(event, route) {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    this.onOpen(route);
  }

  #channel(channel) {
    return this.#link({
      route: { channel: channel.id }, lead: icon(CHANNEL_ICONS[channel.kind] ?? "hash"), name: channel.name, place: channel,
      note: { private: "Private channel", shared: "Shared with another organization (Slack Connect)" }[channel.kind] ?? null,
      current: this.route.channel === channel.id,
    });
  }

  #direct(dm) {
    return this.#link({
      route: { channel: dm.id }, lead: avatar(this.session.names.person(dm.user), dm.name, "avatar-small"), name: dm.name, place: dm,
      current: this.route.channel === dm.id,
    });
  }

  #app(app, dm) {
    const { workspace, names } = this.session;
    const toMessages = dm?.unread || !app.home_tab;
    return this.#link({
      route: toMessages ? toApp(app, dm) : { view: "home" }, lead: avatar(names.person(app.user), workspace.app.name, "avatar-small"),
      name: workspace.app.name, place: dm, current: this.route.view === "home" || (dm && this.route.channel === dm.id),
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
