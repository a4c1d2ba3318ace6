/** One person in the workspace: what was read, kept up to date by the event stream, and told to whoever asked to be told. */

import { readWorkspace, UserApi } from "./api.js";
import { Conversation } from "./conversation.js";

const UNREAD_PAUSE_MS = 150;

export class Session {
  #listeners = new Map();
  #stop = null;
  #unreadTimer = null;
  #turns = new Map();
  #taken = new Map();

  constructor(userId) {
    this.userId = userId;
    this.api = new UserApi(userId);
    this.modals = [];
    this.sidebar = { channels: [], dms: [], app: null };
    this.conversations = new Map();
    this.uploads = new Map();
    this.online = true;
  }

  /** Reads the workspace and this person's part of it, then listens. Says false, with a message, if the workspace is not there. */
  async start() {
    const [workspace, sidebar, modals] = await Promise.all([readWorkspace(), this.api.read("sidebar"), this.api.read("modals")]);
    if (!workspace.ok) return workspace;
    this.#takeWorkspace(workspace);
    if (!sidebar.ok) return sidebar;
    this.sidebar = sidebar;
    this.modals = modals.modals ?? [];
    this.#listen();
    return { ok: true };
  }

  stop() {
    this.#stop?.();
    clearTimeout(this.#unreadTimer);
    this.#listeners.clear();
  }

  /** Calls `handle(data)` on "sidebar", "people", "presence", "modals", "home", "online", "catchup", or "conversation". */
  on(event, handle) {
    if (!this.#listeners.has(event)) this.#listeners.set(event, new Set());
    this.#listeners.get(event).add(handle);
    return () => this.#listeners.get(event)?.delete(handle);
  }

  #tell(event, data) {
    for (const handle of this.#listeners.get(event) ?? []) handle(data);
  }

  #takeWorkspace(workspace) {
    this.workspace = workspace;
    this.people = new Map(workspace.people.map((person) => [person.id, person]));
    this.skew = workspace.now - Date.now() / 1000;
    this.names = this.#makeNames();
  }

  get me() {
    return this.people.get(this.userId);
  }

  #makeNames() {
    const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    return {
      viewerId: this.userId,
      zone: this.me?.tz ?? browserZone,
      now: () => Date.now() / 1000 + this.skew,
      person: (id) => this.people.get(id) ?? null,
      channel: (id) => this.sidebar.channels.find((channel) => channel.id === id) ?? null,
      group: (id) => this.workspace.usergroups.find((group) => group.id === id) ?? null,
    };
  }

  #listen() {
    const message = (data) => this.#change(data, (conversation) => conversation.put(data.message));
    const arrived = (data) => {
      message(data);
      this.#countUnread();
    };
    this.#stop = this.api.listen({
      hello: () => this.#hello(),
      message: arrived, message_changed: message, ephemeral: message,
      message_deleted: (data) => this.#change(data, (conversation) => conversation.remove(data.ts)),
      modals: ({ modals }) => this.#tellModals(modals),
      home: ({ view }) => this.#tell("home", view),
      presence: (data) => this.#takePresence(data),
      sidebar: () => this.readSidebar(),
      people: () => this.#readPeople(),
    }, (online) => this.#takeOnline(online));
  }

  // Events before the stream began, or in a gap, are missing: everything is read again.
  async #hello() {
    await Promise.all([this.readSidebar(), this.#readPeople(), this.#readModals()]);
    for (const conversation of this.conversations.values()) await this.#load(conversation);
    this.#tell("catchup");
  }

  #takeOnline(online) {
    if (online === this.online) return;
    this.online = online;
    this.#tell("online", online);
  }

  // An answer counts unless something newer was taken before it. One that is merely asked for does not make it void: whoever
  // waits for his own question (`readSidebar`) finds its answer taken when it has come.
  async #latest(what, read, take) {
    const turn = this.#turn(what);
    const answer = await read();
    if (answer.ok && turn > (this.#taken.get(what) ?? 0)) this.#take(what, turn, () => take(answer));
  }

  #turn(what) {
    this.#turns.set(what, (this.#turns.get(what) ?? 0) + 1);
    return this.#turns.get(what);
  }

  #take(what, turn, take) {
    this.#taken.set(what, turn);
    take();
  }

  #takePresence(data) {
    Object.assign(this.workspace.app, data);
    this.#tell("presence", this.workspace.app);
    return this.#readPeople();
  }

  #readPeople() {
    return this.#latest("workspace", readWorkspace, (workspace) => {
      this.#takeWorkspace(workspace);
      this.#tell("people");
    });
  }

  #readModals() {
    return this.#latest("modals", () => this.api.read("modals"), ({ modals }) => this.#takeModals(modals));
  }

  // Several messages at once are one look at the unread marks.
  #countUnread() {
    clearTimeout(this.#unreadTimer);
    this.#unreadTimer = setTimeout(() => this.readSidebar(), UNREAD_PAUSE_MS);
  }

  readSidebar() {
    return this.#latest("sidebar", () => this.api.read("sidebar"), (sidebar) => {
      this.sidebar = sidebar;
      this.#tell("sidebar");
    });
  }

  // What the stream tells is newer than every question that is still open.
  #tellModals(modals) {
    this.#take("modals", this.#turn("modals"), () => this.#takeModals(modals));
  }

  #takeModals(modals) {
    this.modals = modals;
    this.#tell("modals", modals);
  }

  // A reply belongs to its thread; a channel shows only what stands in its main line.
  #change({ channel, ts, thread_ts: thread, message }, change) {
    for (const key of [channel, thread && `${channel} ${thread}`, `${channel} ${ts}`]) {
      const conversation = this.conversations.get(key);
      if (!conversation || (message && !conversation.holds(message))) continue;
      change(conversation);
      this.#tell("conversation", conversation);
    }
  }

  /** The messages of a channel or thread, read when it is opened for the first time. */
  async open(channel, threadTs = null) {
    const key = threadTs ? `${channel} ${threadTs}` : channel;
    let conversation = this.conversations.get(key);
    if (conversation) return conversation;
    conversation = new Conversation(channel, threadTs);
    this.conversations.set(key, conversation);
    await this.#load(conversation);
    return conversation;
  }

  async #load(conversation) {
    const reading = conversation.begin();
    const answer = await this.api.read("messages", { channel: conversation.channel, thread_ts: conversation.threadTs });
    conversation.take(answer, reading);
    this.#tell("conversation", conversation);
  }

  async loadEarlier(conversation) {
    const answer = await this.api.read("messages",
      { channel: conversation.channel, thread_ts: conversation.threadTs, before: conversation.list()[0]?.ts });
    conversation.takeEarlier(answer);
    this.#tell("conversation", conversation);
  }

  /** A channel or direct message of the sidebar by id. */
  place(id) {
    return [...this.sidebar.channels, ...this.sidebar.dms].find((each) => each.id === id) ?? null;
  }

  /** Does something as this person. If the stream is down, the answer stands in for it. */
  async act(what, body) {
    const result = await this.api.act(what, body);
    if (!this.online && result.modals) this.#tellModals(result.modals);
    return result;
  }

  async upload(file, fields) {
    const result = await this.api.upload(file, fields);
    if (result.file) this.uploads.set(result.file.id, result.file);
    return result;
  }
}
