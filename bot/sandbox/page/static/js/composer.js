/** The field at the foot of a conversation: messages, slash commands with completion and hints, files, shortcuts. */

import { attr, fill, h, icon, iconButton, uid } from "./dom.js";
import { entriesFor, wordAt } from "./completion.js";
import { note } from "./dialogs.js";
import { markFocus } from "./focus.js";
import { Listbox } from "./listbox.js";
import { attachMenu } from "./menu.js";
import { openPopup } from "./popup.js";

export class Composer {
  #popup = null;
  #word = null;
  #dismissed = null;

  /** `place` is a channel or direct message of the sidebar, `label` the field's name, `threadTs` makes it the composer of a thread. */
  constructor(session, { place, label, threadTs = null }) {
    Object.assign(this, { session, place, threadTs });
    this.commands = !threadTs && session.me.can_command;
    this.hint = h("div", { class: "composer-hint", id: uid("hint"), role: "status" });
    this.listbox = new Listbox({ label: "Suggestions", multi: false, onPick: (entry) => this.#complete(entry) });
    this.listbox.onActive = (id) => attr(this.input, "aria-activedescendant", this.#popup ? id : null);
    this.input = markFocus(h("textarea", { class: "composer-input", rows: "1", placeholder: label, "aria-label": label, "aria-autocomplete": "list",
      "aria-describedby": this.hint.id,
      on: { input: () => this.#typed(), keydown: (event) => this.#key(event), blur: () => this.#popup?.close(), click: () => this.#suggest() } }),
    "composer", place.id, threadTs ?? "");
    this.sendButton = h("button", { type: "button", class: "send-button", "aria-label": "Send", title: "Send (Enter)", disabled: true,
      on: { click: () => this.#send() } }, icon("send"));
    this.box = h("div", { class: "composer-box" }, this.input,
      h("div", { class: "composer-bar" }, this.#attach(), this.#shortcuts(), h("span", { class: "spring" }), this.sendButton));
    this.element = h("div", { class: "composer" }, this.box, this.hint);
    this.#showHint();
  }

  #attach() {
    const input = h("input", { type: "file", class: "visually-hidden", tabindex: "-1", "aria-hidden": "true", on: { change: () => this.#uploadAll(input) } });
    return h("span", {}, iconButton("paperclip", "Attach a file", () => input.click()), input);
  }

  async #uploadAll(input) {
    for (const file of input.files) {
      const fields = { channel: this.place.id, thread_ts: this.threadTs, comment: this.input.value.trim() };
      const result = await this.session.upload(file, fields);
      if (result.ok) this.#set("");
      else note(result.message ?? result.error);
    }
    input.value = "";
  }

  #shortcuts() {
    const shortcuts = this.session.workspace.shortcuts.filter((shortcut) => shortcut.type === "global");
    if (!shortcuts.length || !this.commands) return null;
    return attachMenu(iconButton("bolt", "Shortcuts", () => {}), { label: "Shortcuts", items: () => shortcuts.map((shortcut) => ({
      label: shortcut.name,
      content: [h("span", { class: "option-label" }, shortcut.name), h("span", { class: "option-description" }, shortcut.description)],
      onPick: async () => {
        const result = await this.session.act("shortcut", { callback_id: shortcut.callback_id });
        if (!result.ok) note(result.message ?? result.error);
      },
    })) });
  }

  focus() {
    this.input.focus();
  }

  #set(text) {
    this.input.value = text;
    this.#typed();
  }

  #typed() {
    this.#dismissed = null;
    this.#grow();
    this.sendButton.disabled = !this.input.value.trim();
    this.#showHint();
    this.#suggest();
  }

  #grow() {
    this.input.style.setProperty("height", "auto");
    this.input.style.setProperty("height", `${Math.min(this.input.scrollHeight, 220)}px`);
  }

  #showHint() {
    const text = this.input.value;
    const command = this.session.workspace.commands.find((each) => text.split(/\s/, 1)[0] === each.command);
    if (text.startsWith("/") && this.threadTs) fill(this.hint, "Slash commands do not work in threads.");
    else if (text.startsWith("/") && !this.commands) fill(this.hint, "People of another organization cannot use this workspace's commands.");
    else if (command) fill(this.hint, h("code", {}, command.command), ` ${command.usage_hint ?? ""}`, command.description && ` · ${command.description}`);
    else fill(this.hint, h("kbd", {}, "Enter"), " sends, ", h("kbd", {}, "Shift Enter"), " starts a new line",
      this.commands && [", ", h("kbd", {}, "/"), " lists the commands"]);
  }

  #suggest() {
    this.#word = wordAt(this.input.value, this.input.selectionStart, { commands: this.commands });
    const entries = this.#word && this.#dismissed !== this.#word.kind ? entriesFor(this.#word, this.session) : [];
    if (!entries.length) {
      this.#popup?.close();
      return;
    }
    if (!this.#popup) {
      attr(this.input, "aria-controls", this.listbox.list.id);
      this.#popup = openPopup(this.box, this.listbox.panel, { onClose: () => {
        this.#popup = null;
        attr(this.input, "aria-controls", null);
        attr(this.input, "aria-activedescendant", null);
      } });
    }
    this.entries = entries;
    this.listbox.show([{ options: entries }], { isChosen: () => false, isDisabled: () => false });
    this.listbox.say("");
    this.#popup.place();
  }

  #complete(entry) {
    const { value } = this.input;
    const { from, to } = this.#word;
    const tail = value.slice(to).replace(/^ /, "");
    this.input.value = `${value.slice(0, from)}${entry.value} ${tail}`;
    const caret = from + entry.value.length + 1;
    this.input.setSelectionRange(caret, caret);
    this.#typed();
  }

  #key(event) {
    if (event.isComposing) return;
    if (this.#popup && this.#listKey(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#send();
    }
  }

  // What stands there in full is sent by Enter, not completed once more.
  #listKey(event) {
    const complete = this.entries.some((entry) => entry.value === this.input.value.slice(this.#word.from, this.#word.to));
    if (event.key === "ArrowDown" || event.key === "ArrowUp") this.listbox.move(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey && !complete)) this.listbox.pick();
    else if (event.key === "Escape") {
      this.#dismissed = this.#word.kind;
      this.#popup.close();
    } else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  async #send() {
    const text = this.input.value.trim();
    if (!text) return;
    this.#popup?.close();
    const isCommand = text.startsWith("/") && !this.threadTs;
    const body = { channel: this.place.id, text, ...(isCommand ? {} : { thread_ts: this.threadTs }) };
    this.#set("");
    const result = await this.session.act(isCommand ? "command" : "message", body);
    if (result.ok) return;
    // What the person typed is not lost, unless he has begun something new.
    if (!isCommand && !this.input.value) this.#set(text);
    if (!isCommand || result.error === "not_allowed" || result.error === "unreachable") note(result.message ?? result.error);
  }
}
