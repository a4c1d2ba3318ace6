/** The messages of one channel, direct message or thread, in the order of their timestamps. */

export class Conversation {
  #messages = new Map();
  #readings = new Set();
  #asked = 0;
  #taken = 0;

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

  /** A read was started: what the stream tells until `take` is newer than its answer. */
  begin() {
    this.#asked += 1;
    const reading = { turn: this.#asked, changes: new Map() };
    this.#readings.add(reading);
    return reading;
  }

  /** The answer to the read that `begin` named. A failure leaves what is known; an answer that came too late changes nothing. */
  take(answer, reading) {
    this.#readings.delete(reading);
    if (!answer.ok) {
      if (!this.loaded) this.error = answer.message ?? answer.error;
      return;
    }
    if (reading.turn < this.#taken) return;
    this.#taken = reading.turn;
    this.loaded = true;
    this.error = null;
    this.hasMore = Boolean(answer.has_more);
    this.#messages = new Map(answer.messages.map((message) => [message.ts, message]));
    for (const [ts, message] of reading.changes) {
      if (message) this.put(message);
      else this.remove(ts);
    }
  }

  takeEarlier(answer) {
    if (!answer.ok) return;
    this.hasMore = Boolean(answer.has_more);
    for (const message of answer.messages) this.put(message);
  }

  put(message) {
    this.#messages.set(message.ts, message);
    for (const { changes } of this.#readings) changes.set(message.ts, message);
  }

  remove(ts) {
    this.#messages.delete(ts);
    for (const { changes } of this.#readings) changes.set(ts, null);
  }

  list() {
    return [...this.#messages.values()].sort((one, other) => (one.ts < other.ts ? -1 : 1));
  }
}
