/** The user API of the simulated workspace (docs/sandbox-workspace.md), as one person. */

const BASE = "/_user/v1";

async function json(response) {
  try {
    return await response.json();
  } catch {
    return { ok: false, error: "bad_answer", message: `The workspace answered ${response.status} without JSON.` };
  }
}

async function send(path, init) {
  try {
    return await json(await fetch(path, init));
  } catch {
    return { ok: false, error: "unreachable", message: "The sandbox workspace does not answer. Is it still running?" };
  }
}

function post(path, body) {
  return send(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

function query(parameters) {
  const used = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return used.length ? `?${new URLSearchParams(used)}` : "";
}

/** Team, app, commands, shortcuts, people, groups. */
export function readWorkspace() {
  return send(`${BASE}/workspace`);
}

/** Everything that one person may read and do. Answers are the user API's own; a failure is `{ok: false, error, message}`. */
export class UserApi {
  constructor(user) {
    this.root = `${BASE}/${encodeURIComponent(user)}`;
  }

  read(what, parameters = {}) {
    return send(`${this.root}/${what}${query(parameters)}`);
  }

  act(what, body = {}) {
    return post(`${this.root}/${what}`, body);
  }

  upload(file, fields = {}) {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) if (value) form.append(name, value);
    form.append("file", file, file.name);
    return send(`${this.root}/files`, { method: "POST", body: form });
  }

  fileUrl(id) {
    return `${this.root}/files/${encodeURIComponent(id)}`;
  }

  /** The live stream. `handlers` is {event: (data) => ...}, `onState(connected)` tells of the line itself. */
  listen(handlers, onState) {
    const source = new EventSource(`${this.root}/events`);
    for (const [event, handle] of Object.entries(handlers)) source.addEventListener(event, (message) => handle(JSON.parse(message.data)));
    source.addEventListener("open", () => onState(true));
    source.addEventListener("error", () => onState(false));
    return () => source.close();
  }
}
