/** Light or dark: as the system has it, until somebody chooses. The choice is kept for this browser. */

import { fill, icon, iconButton } from "./dom.js";

const KEY = "sandbox-theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

function stored() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // a browser that keeps nothing
  }
}

function keep(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // It holds for this window.
  }
}

function current() {
  return document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light");
}

/** Applies what was chosen before, and gives the button that changes it. */
export function themeButton() {
  const before = stored();
  if (before) document.documentElement.dataset.theme = before;
  const button = iconButton("moon", "", () => {
    const next = current() === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    keep(next);
    draw();
  });
  const draw = () => {
    const isDark = current() === "dark";
    const label = isDark ? "Use light colours" : "Use dark colours";
    button.setAttribute("aria-label", label);
    button.title = label;
    fill(button, icon(isDark ? "sun" : "moon"));
  };
  dark.addEventListener("change", draw);
  draw();
  return button;
}
