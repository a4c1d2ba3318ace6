/**
 * What a person has filled in on one surface (a view or a message), in the user API's simple values.
 *
 * A field is known by its block_id and action_id. What was typed survives a redraw as long as both stay and the kind is the same;
 * a field with another block_id starts from its initial value (SL §4).
 */

const INITIAL = {
  plain_text_input: (element) => element.initial_value ?? "",
  email_text_input: (element) => element.initial_value ?? "",
  url_text_input: (element) => element.initial_value ?? "",
  number_input: (element) => element.initial_value ?? "",
  datepicker: (element) => element.initial_date ?? null,
  timepicker: (element) => element.initial_time ?? null,
  datetimepicker: (element) => element.initial_date_time ?? null,
  static_select: (element) => element.initial_option?.value ?? null,
  external_select: (element) => element.initial_option?.value ?? null,
  radio_buttons: (element) => element.initial_option?.value ?? null,
  users_select: (element) => element.initial_user ?? null,
  conversations_select: (element) => element.initial_conversation ?? null,
  channels_select: (element) => element.initial_channel ?? null,
  checkboxes: (element) => values(element.initial_options),
  multi_static_select: (element) => values(element.initial_options),
  multi_external_select: (element) => values(element.initial_options),
  multi_users_select: (element) => element.initial_users ?? [],
  multi_conversations_select: (element) => element.initial_conversations ?? [],
  multi_channels_select: (element) => element.initial_channels ?? [],
  file_input: () => [],
};

function values(options) {
  return (options ?? []).map((option) => option.value);
}

/** Every element of the blocks that holds a value: `{block, element}`. */
export function statefulElements(blocks) {
  return blocks.flatMap((block) => [block.element, block.accessory, ...(block.type === "actions" ? block.elements : [])]
    .filter((element) => element && element.type in INITIAL)
    .map((element) => ({ block, element })));
}

function offered(element) {
  return [element.initial_option, ...(element.initial_options ?? []), ...(element.options ?? []),
    ...(element.option_groups ?? []).flatMap((group) => group.options)].filter(Boolean);
}

export class Fields {
  #entries = new Map();
  #options = new Map();

  /** Takes over a new version of the surface: its blocks, and the values that the server keeps for it. */
  sync(blocks, serverValues = {}, serverState = {}) {
    const entries = new Map();
    for (const { block, element } of statefulElements(blocks)) {
      const key = keyOf(block, element);
      this.remember(block, element, [...offered(element), ...chosen(serverState[block.block_id]?.[element.action_id])]);
      const before = this.#entries.get(key);
      const stored = serverValues[block.block_id]?.[element.action_id];
      entries.set(key, before?.type === element.type ? before : {
        type: element.type, block: block.block_id, action: element.action_id, value: stored === undefined ? INITIAL[element.type](element) : stored,
      });
    }
    this.#entries = entries;
  }

  get(block, element) {
    return this.#entries.get(keyOf(block, element))?.value ?? null;
  }

  set(block, element, value) {
    const entry = this.#entries.get(keyOf(block, element));
    if (entry) entry.value = value;
  }

  /** Keeps the options that were offered, so that a chosen value still has its words when the menu is gone. */
  remember(block, element, options) {
    for (const option of options) this.#options.set(`${keyOf(block, element)} ${option.value}`, option);
  }

  option(block, element, value) {
    return this.#options.get(`${keyOf(block, element)} ${value}`) ?? null;
  }

  /** `{block_id: {action_id: simple value}}`, what a submit sends. */
  toJSON() {
    const result = {};
    for (const { block, action, value } of this.#entries.values()) (result[block] ??= {})[action] = value;
    return result;
  }
}

function keyOf(block, element) {
  return `${block.block_id} ${element.action_id}`;
}

function chosen(state) {
  return [state?.selected_option, ...(state?.selected_options ?? [])].filter(Boolean);
}
