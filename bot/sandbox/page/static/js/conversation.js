/** The messages of one channel, direct message or thread, in the order of their timestamps. */

export class Conversation {
  #messages = new Map();
  #meanwhile = null;

  constructor(channel, threadTs = null) {
    this.channel = channel;
    this.threadTs = threadTs;
    this.error = null;
    this.hasMore = false;
    this.loaded = false;
  }

  /** Whether a message stands in this conversation: a reply only in its thread, unless it was sent to the channel too. */
  holds(message) {
    const isReply = Boolean(message.thread_ts) && message.thread_ts !== message.ts;
    if (this.threadTs) return message.ts === this.threadTs || message.thread_ts === this.threadTs;
    return !isReply || message.subtype === "thread_broadcast";
  }

  /** A read was started: what the stream tells meanwhile is newer than its answer. */
  begin() {
    this.#meanwhile = new Map();
  }

  take(answer) {
    this.loaded = true;
    this.error = answer.ok ? null : (answer.message ?? answer.error);
    this.hasMore = Boolean(answer.has_more);
    this.#messages = new Map((answer.messages ?? []).map((message) => [message.ts, message]));
    const changes = this.#meanwhile ?? new Map();
    this.#meanwhile = null;
    for (const [ts, message] of changes) {
      if (message) this.put(message);
      else this.remove(ts);
    }
  }

  takeEarlier(answer) {
    this.hasMore = Boolean(answer.has_more);
    for (const message of answer.messages ?? []) this.put(message);
  }

  put(message) {
    this.#messages.set(message.ts, message);
    this.#meanwhile?.set(message.ts, message);
  }

  remove(ts) {
    this.#messages.delete(ts);
    this.#meanwhile?.set(ts, null);
  }

  list() {
    return [...this.#messages.values()].sort((one, other) => (one.ts < other.ts ? -1 : 1));
  }
}
