/** The app's Home tab. */

import { fill, h } from "./dom.js";
import { appTabs, header } from "./channel.js";
import { note } from "./dialogs.js";
import { Surface } from "./surface.js";

export class HomeView {
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
    this.stop = session.on("home", (view) => this.#show(view));
  }

  async start() {
    const before = await this.session.api.read("home");
    if (before.view) this.#show(before.view);
    const result = await this.session.act("home", {});
    if (result.view) this.#show(result.view);
    else if (!this.view) fill(this.empty, `${this.session.workspace.app.name} has not drawn its Home tab yet.`);
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
