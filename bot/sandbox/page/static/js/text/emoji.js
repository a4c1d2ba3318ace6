/** The emoji that bots like this one use. A name that is not here is shown as text, as Slack does with unknown names. */

const TABLE = {
  "+1": "👍", "-1": "👎", thumbsup: "👍", thumbsdown: "👎", ok_hand: "👌", wave: "👋", clap: "👏", eyes: "👀", pray: "🙏", muscle: "💪",
  raised_hand: "✋", point_right: "👉", bust_in_silhouette: "👤", busts_in_silhouette: "👥", detective: "🕵️", robot_face: "🤖",
  smile: "😄", slightly_smiling_face: "🙂", thinking_face: "🤔", tada: "🎉", heart: "❤️", fire: "🔥", sparkles: "✨", star: "⭐",
  white_check_mark: "✅", heavy_check_mark: "✔️", ballot_box_with_check: "☑️", x: "❌", heavy_multiplication_x: "✖️",
  negative_squared_cross_mark: "❎", warning: "⚠️", exclamation: "❗", grey_exclamation: "❕", question: "❓", grey_question: "❔",
  bangbang: "‼️", no_entry: "⛔", no_entry_sign: "🚫", octagonal_sign: "🛑", rotating_light: "🚨", information_source: "ℹ️",
  construction: "🚧", large_green_circle: "🟢", large_yellow_circle: "🟡", large_orange_circle: "🟠", red_circle: "🔴",
  large_blue_circle: "🔵", white_circle: "⚪", black_circle: "⚫", large_green_square: "🟩", large_yellow_square: "🟨",
  large_red_square: "🟥", white_large_square: "⬜", black_large_square: "⬛", white_small_square: "▫️", black_small_square: "▪️",
  hourglass: "⌛", hourglass_flowing_sand: "⏳", stopwatch: "⏱️", alarm_clock: "⏰", clock1: "🕐", clock9: "🕘", calendar: "📅", date: "📅",
  spiral_calendar_pad: "🗓️", arrow_right: "➡️", arrow_left: "⬅️", arrow_up: "⬆️", arrow_down: "⬇️", arrows_counterclockwise: "🔄",
  repeat: "🔁", leftwards_arrow_with_hook: "↩️", arrow_right_hook: "↪️", fast_forward: "⏩", arrow_forward: "▶️",
  double_vertical_bar: "⏸️", pause_button: "⏸️", black_square_for_stop: "⏹️", stop_button: "⏹️", lock: "🔒", unlock: "🔓", key: "🔑",
  closed_lock_with_key: "🔐", old_key: "🗝️", shield: "🛡️", link: "🔗", paperclip: "📎", page_facing_up: "📄", scroll: "📜",
  clipboard: "📋", memo: "📝", pencil: "📝", pencil2: "✏️", file_folder: "📁", card_index_dividers: "🗂️", inbox_tray: "📥",
  outbox_tray: "📤", email: "✉️", envelope: "✉️", incoming_envelope: "📨", bell: "🔔", no_bell: "🔕", mega: "📣", loudspeaker: "📢",
  speech_balloon: "💬", mag: "🔍", bar_chart: "📊", chart_with_upwards_trend: "📈", gear: "⚙️", wrench: "🔧", hammer_and_wrench: "🛠️",
  toolbox: "🧰", bulb: "💡", electric_plug: "🔌", zap: "⚡", boom: "💥", bug: "🐛", package: "📦", wastebasket: "🗑️", broom: "🧹",
  door: "🚪", crown: "👑", rocket: "🚀", pushpin: "📌", round_pushpin: "📍", bookmark: "🔖", label: "🏷️", receipt: "🧾", seedling: "🌱",
  one: "1️⃣", two: "2️⃣", three: "3️⃣", four: "4️⃣", five: "5️⃣", ghost: "👻", snail: "🐌", turtle: "🐢", coffee: "☕", globe_with_meridians: "🌐",
};

/** The character of a name (without colons), or null. */
export function emojiFor(name) {
  return Object.hasOwn(TABLE, name) ? TABLE[name] : null;
}

/** A plain text with the names that we know replaced. */
export function emojify(text) {
  return text.replace(/:([a-z0-9_+'-]+):/g, (whole, name) => emojiFor(name) ?? whole);
}
