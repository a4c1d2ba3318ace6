/** A button that opens a menu of commands (overflow menus, a message's shortcuts, the switch of person). */

import { attr, fill, h, uid } from "./dom.js";
import { openPopup } from "./popup.js";

/**
 * Makes `button` open a menu. `items()` gives `[{label, content, note, onPick, checked}]` each time it opens; `label` is the item's name,
 * `content` (nodes) what it shows instead of it.
 */
export function attachMenu(button, { label, items, panelClass = "" }) {
  const panel = h("div", { role: "menu", id: uid("menu"), class: `popup menu ${panelClass}`, "aria-label": label });
  let popup = null;
  attr(button, "aria-haspopup", "menu");
  attr(button, "aria-expanded", "false");
  const close = (refocus) => {
    popup?.close();
    if (refocus) button.focus();
  };
  const open = () => {
    close(false); // where a redraw around the button took the panel away
    fill(panel, items().map((item) => row(item, close)));
    attr(button, "aria-expanded", "true");
    popup = openPopup(button, panel, { matchWidth: false, maxHeight: 620, onClose: () => {
      popup = null;
      attr(button, "aria-expanded", "false");
    } });
    (panel.querySelector("[aria-checked=true]") ?? panel.firstElementChild)?.focus();
  };
  button.addEventListener("click", () => (panel.isConnected ? close(false) : open()));
  button.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" || panel.isConnected) return;
    event.preventDefault();
    open();
  });
  panel.addEventListener("keydown", (event) => onKey(event, panel, close));
  panel.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !panel.contains(event.relatedTarget) && event.relatedTarget !== button) close(false);
  });
  return button;
}

function row({ label, content, onPick, checked }, close) {
  const pick = (event) => {
    close(true);
    onPick(event);
  };
  const role = checked === undefined ? "menuitem" : "menuitemradio";
  return h("button", { type: "button", role, class: "menu-item", tabindex: "-1", "aria-label": content ? label : null,
    "aria-checked": checked === undefined ? null : String(checked), on: { click: pick } }, content ?? label);
}

function onKey(event, panel, close) {
  const rows = [...panel.children];
  const at = rows.indexOf(document.activeElement);
  const to = { ArrowDown: (at + 1) % rows.length, ArrowUp: (at - 1 + rows.length) % rows.length, Home: 0, End: rows.length - 1 }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    rows[to].focus();
  } else if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    close(true);
  } else if (event.key === "Tab") close(true);
}
