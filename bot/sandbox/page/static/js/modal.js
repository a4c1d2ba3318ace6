/** The stack of modals: the top one is shown; the ones below keep what was typed into them. */

import { fill, h, iconButton, uid } from "./dom.js";
import { showError } from "./blocks/input.js";
import { banner } from "./dialogs.js";
import { rememberFocus } from "./focus.js";
import { Surface } from "./surface.js";
import { textOf } from "./text/render.js";

class ViewForm {
  #hash = null;
  #sending = false;

  constructor(session, view) {
    this.session = session;
    this.id = view.id;
    this.titleId = uid("title");
    this.title = h("h2", { id: this.titleId, class: "modal-title" });
    this.leading = h("span", { class: "modal-leading" });
    this.trouble = h("div", { class: "modal-trouble" });
    this.blockHost = h("div", { class: "blocks modal-blocks" });
    this.footer = h("div", { class: "modal-footer" });
    this.surface = new Surface(session, {
      host: this.blockHost,
      address: () => ({ view_id: this.id }),
      onResult: (result) => this.#answered(result),
      onTouched: (block) => this.#touched(block),
      submit: () => this.send(),
    });
    this.element = h("form", { class: "modal-form", novalidate: true, on: { submit: (event) => {
      event.preventDefault();
      this.send();
    } } },
    h("div", { class: "modal-head" }, this.leading, this.title, iconButton("close", "Close window", () => this.close(true))),
    h("div", { class: "modal-scroll", tabindex: "-1" }, this.trouble, this.blockHost), this.footer);
  }

  /** Shows a version of the view. `depth` is how many views lie below it. */
  update(view, depth) {
    this.view = view;
    fill(this.title, textOf(view.title, this.session.names));
    fill(this.leading, depth > 0 && iconButton("back", "Back", () => this.close(false)));
    if (view.hash !== this.#hash) {
      this.#hash = view.hash;
      this.surface.errors = {};
      this.surface.show(view.blocks, view.values, view.state?.values);
    }
    this.#showErrors(view.errors ?? {});
    this.#drawFooter(view, depth);
  }

  #drawFooter(view, depth) {
    const { names } = this.session;
    const busy = this.#sending || view.busy;
    this.element.setAttribute("aria-busy", String(busy));
    // Drawn once: the buttons must keep the focus while their texts and states change.
    this.closeButton ??= h("button", { type: "button", class: "button", on: { click: () => this.close(false) } });
    this.submitButton ??= h("button", { type: "submit", class: "button button-primary" });
    fill(this.closeButton, textOf(view.close, names) || (depth > 0 ? "Back" : (view.submit ? "Cancel" : "Close")));
    if (view.submit) {
      fill(this.submitButton, textOf(view.submit, names));
      this.submitButton.disabled = Boolean(view.submit_disabled);
      this.submitButton.setAttribute("aria-busy", String(busy));
    }
    const wanted = view.submit ? [this.closeButton, this.submitButton] : [this.closeButton];
    if (wanted.length !== this.footer.children.length) fill(this.footer, wanted);
  }

  #touched(block) {
    if (!this.surface.errors[block.block_id]) return;
    delete this.surface.errors[block.block_id];
    this.#node(block.block_id).forEach((node) => showError(node, null));
  }

  #node(blockId) {
    return [...this.blockHost.children].filter((node) => node.dataset.blockId === blockId);
  }

  #showErrors(errors) {
    this.surface.errors = { ...errors };
    for (const node of this.blockHost.querySelectorAll(":scope > .block-input")) showError(node, errors[node.dataset.blockId] ?? null);
  }

  #answered(result) {
    const errors = result.errors ?? {};
    if (Object.keys(errors).length) {
      this.#showErrors(errors);
      const first = [...this.blockHost.children].find((node) => errors[node.dataset.blockId]);
      first?.querySelector("input, textarea, select")?.focus();
    }
    const general = result.ok || Object.keys(errors).length ? null : (result.message ?? result.error);
    banner(this.trouble, general);
  }

  async send() {
    if (this.#sending || this.view.busy || !this.view.submit || this.view.submit_disabled) return;
    this.#sending = true;
    this.submitButton.setAttribute("aria-busy", "true");
    const result = await this.session.act("submit", { view_id: this.id, values: this.surface.fields.toJSON() });
    this.#sending = false;
    this.submitButton.setAttribute("aria-busy", "false");
    this.#answered(result);
  }

  close(all) {
    return this.session.act("close", { view_id: this.id, all });
  }

  /** Puts the keyboard where the app wants it, or on the first field; what stands above that stays to be read. */
  focusFirst() {
    const places = ["[autofocus]", ".block-input :is(input, textarea)", "input, button"];
    const first = places.map((place) => this.blockHost.querySelector(place)).find(Boolean) ?? this.footer.lastElementChild;
    // Of radio buttons it is the chosen one, as with Tab.
    const target = (first.type === "radio" && first.closest("[role=radiogroup]").querySelector(":checked")) || first;
    target.focus({ preventScroll: true });
  }
}

export class ModalHost {
  #forms = new Map();
  #back = null;
  #shown = null;

  constructor(session) {
    this.session = session;
    this.dialog = h("dialog", { class: "modal", on: {
      // Esc takes away the top view only, as its close button does.
      cancel: (event) => {
        event.preventDefault();
        this.#shown?.close(false);
      },
    } });
    session.on("modals", (modals) => this.show(modals));
    session.on("people", () => this.show(session.modals));
  }

  show(modals) {
    const live = new Set(modals.map((view) => view.id));
    for (const id of this.#forms.keys()) if (!live.has(id)) this.#forms.delete(id);
    if (!modals.length) {
      this.#hide();
      return;
    }
    const view = modals.at(-1);
    const form = this.#forms.get(view.id) ?? new ViewForm(this.session, view);
    this.#forms.set(view.id, form);
    const first = !this.dialog.open;
    if (first) this.#back = rememberFocus();
    const swapped = this.#shown !== form;
    if (swapped) fill(this.dialog, form.element);
    this.#shown = form;
    this.dialog.setAttribute("aria-labelledby", form.titleId);
    form.update(view, modals.length - 1);
    if (first) this.dialog.showModal();
    if (first || swapped || this.#lost()) form.focusFirst();
  }

  // A loading view has nothing to stand on; once the real one is drawn, the keyboard goes to its first field.
  #lost() {
    const active = document.activeElement;
    return !active || active === document.body || active === this.dialog || active === this.#shown.closeButton;
  }

  #hide() {
    if (!this.dialog.open) return;
    this.#shown = null;
    this.dialog.close();
    fill(this.dialog);
    this.#back?.(document.querySelector(".composer-input"));
  }
}
