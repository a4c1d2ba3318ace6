/** The file field: choose or drop files, see them, take them away. */

import { fill, h, icon, iconButton } from "../dom.js";
import { markFocus } from "../focus.js";
import { choose, named } from "./interact.js";

/** "12 bytes", "3.4 kB" */
export function sizeText(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

export function fileElement(element, block, ctx, naming) {
  const most = element.max_files ?? 10;
  const list = h("ul", { class: "upload-list" });
  const status = h("span", { role: "status", class: "field-count" });
  const input = h("input", { type: "file", class: "visually-hidden", multiple: most > 1,
    accept: (element.filetypes ?? []).map((type) => `.${type}`).join(",") || null, ...named(naming) });
  const drop = h("label", { class: "drop" }, markFocus(input, block.block_id, element.action_id), icon("upload"),
    h("span", {}, most > 1 ? `Choose or drop up to ${most} files` : "Choose or drop a file"));
  const ids = () => ctx.fields.get(block, element) ?? [];
  const store = (next) => choose(element, block, ctx, naming, next).then(draw);
  const draw = () => fill(list, ids().map((id) => row(ctx.uploads.get(id) ?? { name: id, size: 0 },
    () => store(ids().filter((each) => each !== id)))));
  const take = async (files) => {
    const room = most - ids().length;
    fill(status, files.length > room ? `At most ${most}: ${files.length - room} not taken` : "Uploading…");
    for (const file of [...files].slice(0, room)) {
      const result = await ctx.upload(file);
      if (result) await store([...ids(), result.id]);
    }
    if (files.length <= room) fill(status);
  };
  input.addEventListener("change", () => take([...input.files]).finally(() => (input.value = "")));
  drop.addEventListener("dragover", (event) => event.preventDefault());
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    take([...event.dataTransfer.files]);
  });
  draw();
  return h("div", { class: "file-input" }, drop, list, status);
}

function row(file, remove) {
  return h("li", {}, icon("file"), h("span", { class: "file-name" }, file.name), h("span", { class: "file-size" }, sizeText(file.size)),
    iconButton("close", `Remove ${file.name}`, remove));
}
