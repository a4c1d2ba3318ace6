/** A panel that floats beside its anchor, above everything (also above an open dialog). */

const GAP = 4;
const EDGE = 8;

function place(anchor, panel, { matchWidth, maxHeight }) {
  const box = anchor.getBoundingClientRect();
  const style = panel.style;
  if (matchWidth) style.setProperty("min-width", `${Math.min(Math.max(box.width, 220), innerWidth - 2 * EDGE)}px`);
  const below = innerHeight - box.bottom - GAP - EDGE;
  const above = box.top - GAP - EDGE;
  style.removeProperty("max-height"); // what it would like to have
  const up = below < Math.min(panel.scrollHeight, 240) && above > below;
  style.setProperty("max-height", `${Math.max(Math.min(up ? above : below, maxHeight), 120)}px`);
  const size = panel.getBoundingClientRect();
  style.setProperty("left", `${Math.max(EDGE, Math.min(box.left, innerWidth - size.width - EDGE))}px`);
  style.setProperty("top", `${up ? box.top - GAP - size.height : box.bottom + GAP}px`);
}

/**
 * Shows `panel` beside `anchor`. It goes when somebody presses outside of both, or when `close` is called; `onClose` is told in
 * both cases. Returns `{close, place}`; call `place` after the panel's size changed.
 */
export function openPopup(anchor, panel, { onClose, matchWidth = true, maxHeight = 340 }) {
  panel.popover = "manual";
  if (!panel.isConnected) anchor.after(panel);
  panel.showPopover();
  const replace = () => (anchor.isConnected ? place(anchor, panel, { matchWidth, maxHeight }) : close());
  const outside = (event) => {
    if (!panel.contains(event.target) && !anchor.contains(event.target)) close();
  };
  const onScroll = (event) => {
    if (!panel.contains(event.target)) replace();
  };
  let open = true;
  function close() {
    if (!open) return;
    open = false;
    document.removeEventListener("pointerdown", outside, true);
    document.removeEventListener("scroll", onScroll, true);
    removeEventListener("resize", replace);
    panel.remove();
    onClose?.();
  }
  document.addEventListener("pointerdown", outside, true);
  document.addEventListener("scroll", onScroll, true);
  addEventListener("resize", replace);
  replace();
  return { close, place: replace };
}
