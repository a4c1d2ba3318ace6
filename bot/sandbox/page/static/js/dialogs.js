/** Confirm dialogs, and short notes about what went wrong. */

import { fill, h, icon, iconButton, uid } from "./dom.js";
import { rememberFocus } from "./focus.js";
import { textObject, textOf } from "./text/render.js";

const NOTE_MS = 8000;

/** Asks; resolves to whether the person agreed. The text is Slack's confirm object (title, text, confirm, deny, style). */
export function confirmDialog({ title, text, confirm, deny, style }, names) {
  const back = rememberFocus();
  const [titleId, textId] = [uid("confirm"), uid("confirm")];
  return new Promise((resolve) => {
    const finish = (agreed) => {
      dialog.close();
      dialog.remove();
      back();
      resolve(agreed);
    };
    const yes = h("button", { type: "button", class: `button button-${style === "danger" ? "danger" : "primary"}`,
      on: { click: () => finish(true) } }, textOf(confirm, names) || "OK");
    const no = h("button", { type: "button", class: "button", on: { click: () => finish(false) } }, textOf(deny, names) || "Cancel");
    const dialog = h("dialog", { class: "confirm", role: "alertdialog", "aria-labelledby": titleId, "aria-describedby": textId },
      h("h2", { id: titleId }, textObject(title, names)),
      h("div", { id: textId, class: "text" }, textObject(text, names)),
      h("div", { class: "dialog-buttons" }, no, yes));
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      finish(false);
    });
    document.body.append(dialog);
    dialog.showModal();
    // What cannot be taken back should not be one Enter away.
    (style === "danger" ? no : yes).focus();
  });
}

/** Says something at the edge of the page; it goes after a while or when it is closed. */
export function note(text, kind = "error") {
  const region = document.getElementById("notes");
  const node = h("div", { class: `note note-${kind}` }, icon(kind === "error" ? "warning" : "check"), h("span", {}, text),
    iconButton("close", "Dismiss", () => node.remove()));
  region.append(node);
  setTimeout(() => node.remove(), NOTE_MS);
}

/** Keeps a region's child for as long as `text` is not empty. */
export function banner(region, text) {
  fill(region, text && h("div", { class: "banner", role: "alert" }, icon("warning"), h("span", {}, text)));
}
