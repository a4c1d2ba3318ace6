/** The app's Home tab. */

import { fill, h } from "./dom.js";
import { appTabs, header } from "./channel.js";
import { note } from "./dialogs.js";
import { Surface } from "./surface.js";

export class HomeView {
  #news = 0;

  constructor(session, { onMenu, onOpen }) {
    this.session = session;
    const { name } = session.workspace.app;
    this.blockHost = h("div", { class: "blocks home-blocks" });
    this.empty = h("p", { class: "list-state", role: "status" }, "Loading…");
    this.element = h("main", { class: "channel", "aria-label": `${name}, Home` },
      header(session, { title: name, onMenu, tabs: appTabs(session, "home", onOpen) }),
      h("div", { class: "scroller home-scroller", tabindex: "0", role: "region", "aria-label": `${name}'s Home tab` }, this.empty, this.blockHost));
    this.surface = new Surface(session, {
      host: this.blockHost,
      address: () => ({ view_id: this.view.id }),
      onResult: (result) => !result.ok && note(result.message ?? result.error),
    });
    const stops = [
      session.on("home", (view) => this.#told(view)),
      session.on("catchup", () => this.#ask(() => session.api.read("home"))),
    ];
    this.stop = () => stops.forEach((stop) => stop());
  }

  async start() {
    await this.#ask(() => this.session.api.read("home"));
    const { message } = await this.#ask(() => this.session.act("home", {}));
    if (!this.view) fill(this.empty, message ?? `${this.session.workspace.app.name} has not drawn its Home tab yet.`);
  }

  #told(view) {
    this.#news += 1;
    this.#show(view);
  }

  // What the stream tells while a question is open is newer than its answer.
  async #ask(question) {
    const news = this.#news;
    const answer = await question();
    if (answer.view && news === this.#news) this.#show(answer.view);
    return answer;
  }

  focus() {
    this.element.querySelector("[role=tab][aria-selected=true]")?.focus();
  }

  #show(view) {
    this.view = view;
    this.empty.hidden = Boolean(view);
    this.surface.show(view?.blocks ?? [], view?.values, view?.state?.values);
  }
}
