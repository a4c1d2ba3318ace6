/** Puts the page together for one person, and takes it apart when somebody else is chosen. */

import { readWorkspace } from "./api.js";
import { ChannelView, ThreadView } from "./channel.js";
import { fill, h, icon } from "./dom.js";
import { note } from "./dialogs.js";
import { Drawer } from "./drawer.js";
import { rememberFocus } from "./focus.js";
import { HomeView } from "./home.js";
import { ModalHost } from "./modal.js";
import { placeOfLink, readRoute, writeRoute } from "./route.js";
import { Session } from "./session.js";
import { Sidebar } from "./sidebar.js";
import { themeButton } from "./theme.js";

const RETRY_MS = 2000;
const app = document.getElementById("app");

class Page {
  #view = null;
  #thread = null;

  constructor(session, drawer, onPerson) {
    Object.assign(this, { session, drawer });
    this.sidebar = new Sidebar(session, { onOpen: (route) => this.go(route), onPerson });
    this.modals = new ModalHost(session);
    this.middle = h("div", { class: "middle" });
    this.right = h("div", { class: "right" });
    this.offline = h("div", { class: "offline", role: "status" });
    this.veil = h("button", { type: "button", class: "veil", "aria-label": "Hide channels", tabindex: "-1", on: { click: () => this.#showSidebar(false) } });
    this.columns = h("div", { class: "columns", on: { keydown: (event) => event.key === "Escape" && this.#showSidebar(false) } }, this.sidebar.element, this.veil, this.middle, this.right);
    this.element = h("div", { class: "page", on: { click: (event) => this.#followLink(event) } }, topBar(session, drawer), this.offline, this.columns, drawer.element, this.modals.dialog);
    session.on("online", (online) => this.#sayOnline(online));
    session.on("catchup", () => this.modals.show(session.modals));
  }

  async start(route) {
    this.modals.show(this.session.modals);
    await this.#open(this.#known(route));
  }

  stop() {
    this.#view?.stop();
    this.#closeThread();
    this.session.stop();
    this.modals.dialog.close();
  }

  /** Opens a place of this person's sidebar. */
  async go(wanted) {
    this.#showSidebar(false);
    const route = wanted.dm ? await this.#direct(wanted.dm) : wanted;
    if (!route) return;
    writeRoute({ user: this.session.userId, ...route });
    await this.#open(route);
  }

  // A link to a message of this workspace opens it here. With a modifier key the browser opens it in a window of its own.
  #followLink(event) {
    const href = event.target.closest("a[target=_blank]")?.href;
    const route = href && !(event.metaKey || event.ctrlKey || event.shiftKey) ? placeOfLink(href) : null;
    if (!route) return;
    event.preventDefault();
    if (this.session.place(route.channel)) this.go(route);
    else note(`That message is in a conversation that ${this.session.me.name} cannot see.`);
  }

  async #direct(person) {
    const result = await this.session.act("open_dm", { person });
    if (!result.channel) {
      note(result.message ?? result.error);
      return null;
    }
    await this.session.readSidebar();
    return { channel: result.channel };
  }

  /** Follows the address after "back" and "forward". */
  follow(route) {
    return this.#open(this.#known(route));
  }

  // What this person cannot see becomes the first thing that he can.
  #known(route) {
    const { app: home, channels, dms } = this.session.sidebar;
    if (route.view === "home" && home?.home_tab) return { view: "home" };
    const place = this.session.place(route.channel) ?? channels.find((channel) => channel.name === route.channel)
      ?? channels.find((channel) => channel.is_member) ?? channels[0] ?? dms[0];
    return place ? { channel: place.id, thread: route.thread, message: route.message } : {};
  }

  async #open(route) {
    this.#view?.stop();
    this.#closeThread();
    this.sidebar.setRoute(route);
    const chrome = { onMenu: () => this.#showSidebar(true), onOpen: (next) => this.go(next), openThread: (message) => this.#openThread(message) };
    const place = this.session.place(route.channel);
    if (!place && route.view !== "home") {
      fill(this.middle, h("main", { class: "channel" }, h("p", { class: "list-state" }, "There is nothing here that this person may see.")));
      return;
    }
    const view = place ? new ChannelView(this.session, place, chrome) : new HomeView(this.session, chrome);
    this.#view = view;
    fill(this.middle, view.element);
    document.title = `${place ? (place.kind === "im" ? place.name : `#${place.name}`) : this.session.workspace.app.name} · ${this.session.me.name} · Rollcall sandbox`;
    await view.start();
    if (this.#view !== view) return;
    if (!this.modals.dialog.open) view.focus();
    if (route.thread && place) await this.#showThread(place, route.thread);
    if (route.message && place) (this.#thread?.view ?? view).list.reveal(route.message);
  }

  async #openThread(message) {
    const threadTs = message.thread_ts ?? message.ts;
    writeRoute({ user: this.session.userId, channel: message.channel, thread: threadTs }, { replace: true });
    await this.#showThread(this.session.place(message.channel), threadTs);
    this.#thread?.view.focus();
  }

  async #showThread(place, threadTs) {
    this.#closeThread();
    const back = rememberFocus();
    const view = new ThreadView(this.session, place, threadTs, { onClose: () => {
      this.#closeThread();
      writeRoute({ user: this.session.userId, channel: place.id }, { replace: true });
      back(document.querySelector(".channel .composer-input"));
    } });
    this.#thread = { view };
    fill(this.right, view.element);
    this.columns.classList.add("has-thread");
    await view.start();
  }

  #closeThread() {
    this.#thread?.view.stop();
    this.#thread = null;
    fill(this.right);
    this.columns.classList.remove("has-thread");
  }

  #showSidebar(open) {
    const was = this.columns.classList.contains("shows-sidebar");
    this.columns.classList.toggle("shows-sidebar", open);
    for (const behind of [this.middle, this.right]) behind.inert = open;
    if (open) this.sidebar.element.querySelector("button, a").focus();
    else if (was) this.middle.querySelector(".only-narrow")?.focus();
  }

  #sayOnline(online) {
    fill(this.offline, online ? null : "The connection to the sandbox workspace is lost. Trying again…");
  }
}

function topBar(session, drawer) {
  const tools = h("div", { class: "top-tools" });
  drawer.offer().then((button) => button && tools.prepend(button));
  tools.append(themeButton());
  return h("header", { class: "top" }, h("span", { class: "top-name" }, h("span", { class: "top-mark", "aria-hidden": "true" }),
    h("span", {}, "Rollcall", h("span", { class: "top-more" }, " sandbox"))),
    h("span", { class: "simulated", title: "Invented people, no network: nothing you do here reaches Slack or Contentstack." },
      icon("warning"), h("span", {}, "Simulated workspace"), h("span", { class: "simulated-more" }, "· not Slack, invented people")), h("span", { class: "spring" }), tools);
}

let page = null;

function firstPerson(workspace) {
  const able = workspace.people.filter((person) => person.can_act);
  return (able.find((person) => /admin/i.test(person.title ?? "")) ?? able[0])?.id ?? null;
}

async function show(route) {
  const workspace = await readWorkspace();
  if (!workspace.ok) return workspace.message ?? workspace.error;
  const known = workspace.people.find((person) => person.can_act && (person.id === route.user || person.handle === route.user));
  const user = known?.id ?? firstPerson(workspace);
  if (!user) return "There is nobody in this workspace that one could be.";
  if (route.user && !known) note(`There is nobody called "${route.user}" that one could be here.`);
  const session = new Session(user);
  const started = await session.start();
  if (!started.ok) return started.message ?? started.error;
  page?.stop();
  page = new Page(session, new Drawer(session.names.zone), (id) => change({ ...readRoute(), user: id, thread: null, message: null }));
  writeRoute({ ...readRoute(), user }, { replace: true });
  fill(app, page.element);
  await page.start(route);
  return null;
}

async function change(route) {
  writeRoute(route);
  const trouble = await show(route);
  if (trouble) note(trouble);
}

async function boot() {
  const trouble = await show(readRoute());
  if (!trouble) return;
  fill(app, h("div", { class: "boot-trouble", role: "alert" }, h("h1", {}, "The sandbox workspace is not there"), h("p", {}, trouble)));
  setTimeout(boot, RETRY_MS);
}

addEventListener("popstate", () => {
  const route = readRoute();
  if (route.user && page && route.user !== page.session.userId) change(route);
  else page?.follow(route);
});

boot();
