/** A file in a message: name, size, a look inside, and a way to get it. */

import { h, icon } from "./dom.js";
import { sizeText } from "./blocks/files.js";

function previewOf(file) {
  if (file.is_image) return h("img", { class: "file-image", src: file.url, alt: file.alt_text || file.title || file.name });
  if (!file.preview) return null;
  return h("pre", { class: "file-preview", tabindex: "0", role: "group", "aria-label": `Preview of ${file.name}` }, file.preview);
}

export function fileCard(file) {
  const kind = file.mimetype === "text/csv" ? "CSV" : (file.name.split(".").pop() || "file").toUpperCase();
  const download = h("a", { class: "icon-button", href: file.url, download: file.name, "aria-label": `Download ${file.name}`, title: "Download" },
    icon("download"));
  return h("figure", { class: "file-card" },
    h("figcaption", { class: "file-head" }, h("span", { class: "file-icon" }, icon("file")),
      h("span", { class: "file-words" }, h("span", { class: "file-name" }, file.title || file.name),
        h("span", { class: "file-size" }, `${kind} · ${sizeText(file.size)}`)), download),
    previewOf(file));
}
