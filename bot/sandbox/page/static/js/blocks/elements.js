/** Block elements by type. Each drawer takes (element, block, ctx, naming) and gives a node. */

import { h } from "../dom.js";
import { buttonElement, overflowElement } from "./buttons.js";
import { checkboxesElement, radioElement } from "./choices.js";
import { fileElement } from "./files.js";
import { picture } from "./layout.js";
import { selectElement, SELECT_TYPES } from "./selects.js";
import { dateTimeElement, textElement, TEXT_TYPES } from "./texts.js";

const DRAW = {
  button: buttonElement,
  overflow: overflowElement,
  radio_buttons: radioElement,
  checkboxes: checkboxesElement,
  datepicker: dateTimeElement,
  timepicker: dateTimeElement,
  datetimepicker: dateTimeElement,
  file_input: fileElement,
  image: (element, block, ctx) => picture(element, "accessory-image", ctx),
  ...Object.fromEntries(SELECT_TYPES.map((type) => [type, selectElement])),
  ...Object.fromEntries(TEXT_TYPES.map((type) => [type, textElement])),
};

/**
 * Draws an element. `naming`: `label` (its accessible name as text), `labelledBy` (the id of an input block's label),
 * `optional`, and `dispatch` (whether a change is sent to the app at once).
 */
export function elementNode(element, block, ctx, naming) {
  const make = DRAW[element.type];
  return make ? make(element, block, ctx, naming) : h("div", { class: "not-drawn", role: "note" }, `not drawn: ${element.type}`);
}
