/** What blocks need to know about the surface that they stand on, and how they reach the app from there. */

import { forgetBlock, renderBlocks } from "./blocks/index.js";
import { confirmDialog } from "./dialogs.js";
import { Fields } from "./fields.js";

/**
 * A surface of blocks. `address()` names it for the user API (`{view_id}` or `{channel, ts}`), `onResult(result)` is told what each act
 * answered, `onTouched(block)` that a field changed, `submit()` sends the form (modals only).
 */
export class Surface {
  constructor(session, { address, onResult, onTouched = () => {}, submit = null, host }) {
    this.session = session;
    this.address = address;
    this.onResult = onResult;
    this.touched = onTouched;
    this.submit = submit;
    this.host = host;
    this.fields = new Fields();
    this.blocks = [];
    this.errors = {};
    this.uploads = session.uploads;
  }

  get names() {
    return this.session.names;
  }

  get workspace() {
    const { session } = this;
    return {
      people: () => [...session.people.values()],
      conversations: () => [...session.sidebar.channels, ...session.sidebar.dms],
    };
  }

  /** Shows a version of the surface: its blocks, and what the server keeps of its fields. */
  show(blocks, values = {}, state = {}) {
    this.blocks = blocks;
    this.fields.sync(blocks, values, state);
    renderBlocks(this.host, blocks, this);
  }

  redraw(block) {
    forgetBlock(this.host, block.block_id);
    renderBlocks(this.host, this.blocks, this);
  }

  confirm(dialog) {
    return confirmDialog(dialog, this.names);
  }

  async act(block, element, extra) {
    const result = await this.session.act("action", {
      ...this.address(), block_id: block.block_id, action_id: element.action_id, values: this.fields.toJSON(), ...extra,
    });
    this.onResult(result);
    return result;
  }

  options(block, element, query) {
    return this.session.act("options", { ...this.address(), block_id: block.block_id, action_id: element.action_id, query });
  }

  async upload(file) {
    const result = await this.session.upload(file, {});
    if (!result.ok) this.onResult(result);
    return result.file ?? null;
  }

  fileUrl({ id, url }) {
    const known = id ?? /F[A-Z0-9]+/.exec(url ?? "")?.[0];
    return known ? this.session.api.fileUrl(known) : null;
  }
}
