/** What all elements share: asking for confirmation, keeping the value, telling the app. */

/** A value was chosen. Kept at once; sent to the app if the element dispatches, after its confirm dialog if it has one. */
export async function choose(element, block, ctx, naming, value) {
  if (element.confirm && !(await ctx.confirm(element.confirm))) {
    ctx.redraw(block);
    return;
  }
  ctx.fields.set(block, element, value);
  ctx.touched(block);
  if (naming.dispatch) await ctx.act(block, element, { value, confirmed: Boolean(element.confirm) });
}

/** The attributes that name a form field. */
export function named({ label, labelledBy }) {
  return { "aria-label": labelledBy ? null : label, "aria-labelledby": labelledBy };
}
