/** A text field with a list: every select menu, single and multiple, with options known or asked for while typing. */

import { attr, h, icon, uid } from "./dom.js";
import { markFocus } from "./focus.js";
import { Listbox } from "./listbox.js";
import { openPopup } from "./popup.js";

const TYPING_PAUSE_MS = 40;

/**
 * `label` names the field (or `labelledBy`, an id). `load(query)` gives groups, or a promise of `{groups, message}`; `message` is
 * shown below the list. `minQuery` characters must be typed before `load` is asked. `max` limits a multiple choice.
 * `onChange(values)` is told each choice; `onClose(values)` once the list has gone.
 */
export class Combobox {
  #query = "";
  #asked = 0;
  #timer = null;
  #popup = null;

  constructor(options) {
    Object.assign(this, { minQuery: 0, max: null, multi: false, placeholder: "", selected: [], delayed: false, ...options });
    this.listbox = new Listbox({ label: this.label, multi: this.multi, onPick: (option) => this.#pick(option) });
    this.listbox.onActive = (id) => attr(this.input, "aria-activedescendant", this.#popup ? id : null);
    this.input = this.#makeInput();
    this.chips = h("span", { class: "chips" });
    this.clear = h("button", { type: "button", class: "icon-button combobox-clear", "aria-label": `Clear ${this.label}`,
      on: { click: () => this.#set([]) } }, icon("close"));
    this.element = h("div", { class: "combobox", on: { pointerdown: (event) => this.#press(event) } },
      this.chips, this.input, this.clear, h("span", { class: "combobox-arrow" }, icon("down")));
    this.#draw();
  }

  get values() {
    return this.selected.map((option) => option.value);
  }

  #makeInput() {
    const input = h("input", {
      type: "text", role: "combobox", id: uid("field"), class: "combobox-input", autocomplete: "off", spellcheck: "false",
      "aria-autocomplete": "list", "aria-expanded": "false", "aria-haspopup": "listbox",
      "aria-label": this.labelledBy ? null : this.label, "aria-labelledby": this.labelledBy,
      on: {
        input: () => this.#typed(), keydown: (event) => this.#key(event),
        blur: () => this.close(), click: () => this.open(),
      },
    });
    return markFocus(input, ...this.focusKey);
  }

  // A press beside the text (on the arrow, on empty room) is a press on the field.
  #press(event) {
    if (event.target === this.input) return;
    event.preventDefault();
    if (event.target.closest("button")) return;
    this.input.focus();
    if (this.#popup) this.close();
    else this.open();
  }

  open() {
    if (this.#popup) return;
    this.#query = "";
    this.#popup = openPopup(this.element, this.listbox.panel, { onClose: () => this.#closed() });
    attr(this.input, "aria-expanded", "true");
    attr(this.input, "aria-controls", this.listbox.list.id);
    if (!this.multi) this.input.select();
    this.#ask();
  }

  close() {
    this.#popup?.close();
  }

  #closed() {
    this.#popup = null;
    this.#asked += 1;
    clearTimeout(this.#timer);
    attr(this.input, "aria-expanded", "false");
    attr(this.input, "aria-controls", null);
    attr(this.input, "aria-activedescendant", null);
    this.#draw();
    this.onClose?.(this.values);
  }

  #typed() {
    this.open();
    this.#query = this.input.value;
    clearTimeout(this.#timer);
    if (this.delayed) this.#timer = setTimeout(() => this.#ask(), TYPING_PAUSE_MS);
    else this.#ask();
  }

  // Answers may come in another order than the questions: only the latest question's answer counts.
  async #ask() {
    const asked = (this.#asked += 1);
    const query = this.#query.trim();
    if (query.length < this.minQuery) {
      this.#list([], `Type at least ${this.minQuery} character${this.minQuery === 1 ? "" : "s"}`);
      return;
    }
    const answer = this.load(query);
    if (!(answer instanceof Promise)) {
      this.#list(answer, "");
      return;
    }
    this.listbox.say("Loading…");
    this.#popup?.place();
    const { groups, message } = await answer.catch((error) => ({ groups: [], message: error.message }));
    if (asked === this.#asked) this.#list(groups, message ?? "");
  }

  #list(groups, message) {
    this.groups = groups;
    const full = this.multi && this.max !== null && this.selected.length >= this.max;
    const chosen = new Set(this.values);
    this.listbox.show(groups, {
      isChosen: (option) => chosen.has(option.value),
      isDisabled: (option) => full && !chosen.has(option.value),
    });
    if (!this.multi && this.selected.length && !this.#query) this.listbox.activateValue(this.selected[0].value);
    const empty = this.listbox.isEmpty && !message ? "No matches" : message;
    this.listbox.say(full ? `That is the limit: at most ${this.max}. Take one away to choose another.` : empty);
    this.#popup?.place();
  }

  #pick(option) {
    if (!this.multi) {
      this.#set([option]);
      this.close();
      return;
    }
    const chosen = this.values.includes(option.value);
    this.#set(chosen ? this.selected.filter(({ value }) => value !== option.value) : [...this.selected, option]);
    const typed = this.#query;
    this.#query = "";
    this.input.value = "";
    if (typed && this.delayed) this.#ask();
    else this.#list(typed ? this.load("") : this.groups, "");
  }

  #set(selected) {
    this.selected = selected;
    this.#draw();
    this.onChange?.(this.values);
  }

  #draw() {
    const words = this.selected.map(({ label }) => label);
    this.chips.replaceChildren(...(this.multi ? this.selected.map((option) => this.#chip(option)) : []));
    if (!this.multi) this.input.value = words[0] ?? "";
    else if (!this.#popup) this.input.value = "";
    this.input.placeholder = this.multi && words.length ? "" : this.placeholder;
    this.input.title = this.multi ? "" : (words[0] ?? "");
    this.clear.hidden = !(this.clearable && !this.multi && words.length);
    this.#popup?.place();
  }

  #chip(option) {
    const remove = h("button", { type: "button", class: "chip-remove", "aria-label": `Remove ${option.label}`,
      on: { click: () => this.#unpick(option) } }, icon("close"));
    return h("span", { class: "chip", title: option.label }, h("span", { class: "chip-label" }, option.label), remove);
  }

  #unpick(option) {
    this.#set(this.selected.filter(({ value }) => value !== option.value));
    this.input.focus();
    if (this.#popup) this.#list(this.groups, "");
    else this.onClose?.(this.values);
  }

  #key(event) {
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      if (this.#popup) this.listbox.move(key === "ArrowDown" ? 1 : -1);
      else this.open();
    } else if (key === "Enter") {
      event.preventDefault();
      if (this.#popup) this.listbox.pick();
      else this.open();
    } else if (key === "Escape" && this.#popup) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (key === "Tab") this.close();
    else if (key === "Backspace" && this.multi && !this.input.value && this.selected.length) this.#unpick(this.selected.at(-1));
  }
}
