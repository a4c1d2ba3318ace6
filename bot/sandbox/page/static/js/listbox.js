/** The list of a combobox: groups of options, a line of status below, and the option that the keyboard is on. */

import { fill, h, uid } from "./dom.js";

export class Listbox {
  #rows = [];
  #active = -1;

  /** `onPick(option)` is called for a click or `pick()`. */
  constructor({ label, multi, onPick }) {
    this.onPick = onPick;
    this.list = h("div", { role: "listbox", id: uid("list"), class: "options", "aria-label": label, "aria-multiselectable": multi && "true" });
    this.status = h("div", { role: "status", class: "popup-status" });
    // The keyboard stays in the text field: a press on the panel must not take the focus away.
    this.panel = h("div", { class: "popup", on: { pointerdown: (event) => event.preventDefault() } }, this.list, this.status);
  }

  /** Shows groups `[{label, options: [{value, label, description}]}]`; `isChosen` and `isDisabled` say how an option looks. */
  show(groups, { isChosen, isDisabled }) {
    const kept = this.#rows[this.#active]?.option.value;
    this.#rows = [];
    fill(this.list, groups.map((group) => this.#group(group, isChosen, isDisabled)));
    const again = this.#rows.findIndex(({ option }) => option.value === kept);
    this.#activate(again >= 0 ? again : this.#firstUsable());
  }

  say(text) {
    if (this.status.textContent !== text) this.status.textContent = text;
    this.status.classList.toggle("is-empty", !text);
  }

  get isEmpty() {
    return !this.#rows.length;
  }

  get activeId() {
    return this.#rows[this.#active]?.node.id ?? null;
  }

  move(step) {
    const usable = this.#rows.map((row, index) => (row.disabled ? -1 : index)).filter((index) => index >= 0);
    if (!usable.length) return;
    const at = usable.indexOf(this.#active);
    this.#activate(usable[(at + step + usable.length) % usable.length]);
  }

  pick() {
    const row = this.#rows[this.#active];
    if (row && !row.disabled) this.onPick(row.option);
  }

  /** Puts the keyboard on the chosen option, if it is in the list. */
  activateValue(value) {
    const at = this.#rows.findIndex(({ option }) => option.value === value);
    if (at >= 0) this.#activate(at);
  }

  #firstUsable() {
    return this.#rows.findIndex((row) => !row.disabled);
  }

  #group({ label, options }, isChosen, isDisabled) {
    const rows = options.map((option) => this.#row(option, isChosen(option), isDisabled(option)));
    if (!label) return rows;
    const heading = h("div", { class: "option-group", id: uid("group") }, label);
    return h("div", { role: "group", "aria-labelledby": heading.id }, heading, rows);
  }

  #row(option, chosen, disabled) {
    const node = h("div", { role: "option", id: uid("option"), class: "option", "aria-selected": chosen ? "true" : "false",
      "aria-disabled": disabled && "true", "aria-label": option.label, on: { click: () => !disabled && this.onPick(option) } },
    option.lead ?? null,
    h("span", { class: "option-text" }, h("span", { class: "option-label" }, option.label),
      option.description && h("span", { class: "option-description" }, option.description)));
    const index = this.#rows.push({ node, option, disabled }) - 1;
    node.addEventListener("pointermove", (event) => {
      // A list that opens below a resting pointer is no movement of the pointer.
      if ((event.movementX || event.movementY) && index !== this.#active) this.#activate(index);
    });
    return node;
  }

  // Not scrollIntoView: that would scroll the whole page too.
  #reveal(node) {
    const [row, box] = [node.getBoundingClientRect(), this.panel.getBoundingClientRect()];
    if (row.top < box.top) this.panel.scrollTop += row.top - box.top - 6;
    else if (row.bottom > box.bottom) this.panel.scrollTop += row.bottom - box.bottom + 6;
  }

  #activate(index) {
    this.#rows[this.#active]?.node.classList.remove("is-active");
    this.#active = index;
    const node = this.#rows[index]?.node;
    node?.classList.add("is-active");
    if (node) this.#reveal(node);
    this.onActive?.(node?.id ?? null);
  }
}
