/** Keeping the keyboard's place while what it stands on is drawn again. */

/** Names a place that survives a redraw: the same block and action is the same place. */
export function markFocus(element, ...parts) {
  element.dataset.focusKey = parts.join(" ");
  return element;
}

function find(root, key) {
  return [...root.querySelectorAll("[data-focus-key]")].find((element) => element.dataset.focusKey === key);
}

/** Runs `redraw`, which may replace anything inside of `root`, and gives focus and caret back to the same place. */
export function keepFocus(root, redraw) {
  const active = root.contains(document.activeElement) ? document.activeElement : null;
  const key = active?.dataset.focusKey;
  const caret = active && "selectionStart" in active ? safeSelection(active) : null;
  redraw();
  if (!active || active.isConnected || !key) return;
  const next = find(root, key);
  if (!next) return;
  next.focus({ preventScroll: true });
  if (caret && "setSelectionRange" in next) restoreSelection(next, caret);
}

// Number, date and time fields have no caret that a script may ask for: they throw or say null.
function safeSelection(element) {
  try {
    return element.selectionStart === null ? null : [element.selectionStart, element.selectionEnd];
  } catch {
    return null;
  }
}

function restoreSelection(element, [start, end]) {
  try {
    element.setSelectionRange(start, end);
  } catch {
    // The new field is of a kind without a caret.
  }
}

/** Remembers where the keyboard is; the returned function goes back there, or to `fallback` if the place is gone. */
export function rememberFocus() {
  const element = document.activeElement;
  const key = element?.dataset.focusKey;
  return (fallback = null) => {
    const target = element?.isConnected && element !== document.body ? element : (key && find(document, key)) || fallback;
    target?.focus({ preventScroll: true });
  };
}
