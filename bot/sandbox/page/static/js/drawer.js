/** "Behind the scenes": what goes to Contentstack and Slack, faults on and off, and the bot's own process. */

import { attr, fill, h, icon, iconButton } from "./dom.js";
import { demo } from "./demo.js";

const POLL_MS = 1000;
const KEEP_ROWS = 300;
const SYSTEMS = [["all", "Everything"], ["contentstack", "Contentstack"], ["slack", "Slack"]];
const FAULTS = [
  ["slow", "Slow", "Contentstack answers 2 seconds late"],
  ["rate_limit", "429", "Contentstack says that there were too many requests"],
  ["server_error", "500", "Contentstack fails with a server error"],
  ["disconnect", "Disconnect", "Contentstack drops the connection"],
];

export class Drawer {
  #last = 0;
  #timer = null;
  #system = "all";

  /** `zone` is where the times are written. */
  constructor(zone) {
    this.clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit" });
    this.rows = h("tbody", {});
    this.botWords = h("span", { class: "bot-words", role: "status" });
    this.botButton = h("button", { type: "button", class: "button button-small", on: { click: () => this.#toggleBot() } });
    this.faultBoxes = FAULTS.map(([name, label, title]) => h("input", { type: "checkbox", role: "switch", "aria-label": `${label}: ${title}`,
      data: { fault: name }, on: { change: (event) => this.#setFault(name, event.target.checked) } }));
    this.filters = SYSTEMS.map(([id, label]) => h("button", { type: "button", class: "filter", "aria-pressed": String(id === "all"),
      data: { system: id }, on: { click: () => this.#filter(id) } }, label));
    this.scroller = h("div", { class: "drawer-scroll", tabindex: "0", role: "region", "aria-label": "Requests" }, this.#table());
    this.element = h("section", { class: "drawer", "aria-label": "Behind the scenes", hidden: true,
      on: { keydown: (event) => event.key === "Escape" && this.toggle(false) } }, this.#head(), this.scroller);
    this.button = h("button", { type: "button", class: "top-button", "aria-expanded": "false", on: { click: () => this.toggle() } },
      icon("gears"), h("span", {}, "Behind the scenes"));
  }

  #head() {
    const faults = FAULTS.map(([, label, title], index) => h("label", { class: "switch", title }, this.faultBoxes[index], h("span", {}, label)));
    return h("div", { class: "drawer-head" }, h("h2", {}, "Behind the scenes"),
      h("div", { class: "drawer-group", role: "group", "aria-label": "Show" }, this.filters),
      h("div", { class: "drawer-group", role: "group", "aria-label": "Faults of Contentstack" }, h("span", { class: "drawer-label" }, "Faults"), faults),
      h("div", { class: "drawer-group", role: "group", "aria-label": "The bot" }, this.botWords, this.botButton),
      iconButton("close", "Close behind the scenes", () => this.toggle(false)));
  }

  #table() {
    const heads = ["Time", "System", "Method", "Path", "Status", "Took"].map((name) => h("th", { scope: "col" }, name));
    return h("table", { class: "requests" }, h("thead", {}, h("tr", {}, heads)), this.rows);
  }

  /** The button that opens the drawer, or null where no supervisor answers. */
  async offer() {
    const status = await demo.status();
    if (!status) return null;
    this.#show(status);
    return this.button;
  }

  toggle(open = this.element.hidden) {
    this.element.hidden = !open;
    attr(this.button, "aria-expanded", String(open));
    clearInterval(this.#timer);
    if (open) {
      this.#poll();
      this.#timer = setInterval(() => this.#poll(), POLL_MS);
    } else this.button.focus();
  }

  stop() {
    clearInterval(this.#timer);
  }

  async #poll() {
    const [status, news] = await Promise.all([demo.status(), demo.requests(this.#last)]);
    this.#show(status);
    if (!news?.requests.length) return;
    this.#last = news.last;
    const stick = this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < 40;
    this.rows.append(...news.requests.slice(-KEEP_ROWS).map((request) => this.#row(request)));
    while (this.rows.children.length > KEEP_ROWS) this.rows.firstElementChild.remove();
    if (stick) this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  #row({ system, method, path, status, ms, at, note }) {
    const time = this.clock.format(new Date(at * 1000));
    const kind = typeof status === "number" && status >= 400 ? "bad" : "good";
    const row = h("tr", { data: { system } }, h("td", {}, time), h("td", {}, h("span", { class: `system system-${system}` }, system)), h("td", {}, method),
      h("td", { class: "request-path", title: note ?? path }, path, note && h("span", { class: "request-note" }, ` ${note}`)),
      h("td", { class: `status-${kind}` }, String(status ?? "")), h("td", { class: "number" }, ms === null || ms === undefined ? "" : `${Math.round(ms)} ms`));
    row.hidden = this.#system !== "all" && this.#system !== system;
    return row;
  }

  #filter(id) {
    this.#system = id;
    for (const button of this.filters) attr(button, "aria-pressed", String(button.dataset.system === id));
    for (const row of this.rows.children) row.hidden = id !== "all" && row.dataset.system !== id;
  }

  #show(status) {
    if (!status) {
      fill(this.botWords, "The demo's supervisor does not answer");
      this.botButton.hidden = true;
      return;
    }
    const running = status.bot.state === "running";
    const words = { running: "The bot runs", starting: "The bot is starting", stopped: "The bot is dead" }[status.bot.state] ?? status.bot.state;
    const text = `${words}${running && status.bot.pid ? ` (process ${status.bot.pid})` : ""}`;
    if (this.botWords.textContent !== text) fill(this.botWords, h("span", { class: `dot ${running ? "dot-on" : "dot-off"}` }), text);
    this.botButton.hidden = false;
    this.botButton.disabled = status.bot.state === "starting";
    this.botAction = running ? "kill" : "start";
    this.botButton.className = `button button-small${running ? " button-danger" : " button-primary"}`;
    const label = running ? "Kill the bot" : "Start the bot";
    if (this.botButton.textContent !== label) fill(this.botButton, label);
    for (const box of this.faultBoxes) box.checked = Boolean(status.faults[box.dataset.fault]);
  }

  async #setFault(name, on) {
    this.#show(await demo.setFaults({ [name]: on }));
  }

  async #toggleBot() {
    this.botButton.disabled = true;
    this.#show(await demo.bot(this.botAction));
  }
}
