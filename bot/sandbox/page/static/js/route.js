/** Where a window is: who is looking, and at what. Kept in the address, so that a second window can be somebody else. */

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/** `{user, channel, view, thread, message}` of the address; what is missing is null. */
export function readRoute() {
  const parameters = new URLSearchParams(location.search);
  return Object.fromEntries(["user", "channel", "view", "thread", "message"].map((name) => [name, parameters.get(name)]));
}

/** The address of a place. */
export function hrefOf(route) {
  const used = Object.entries(route).filter(([, value]) => value);
  return `?${new URLSearchParams(used)}`;
}

/** Where a link to a message of this workspace (chat.getPermalink) leads: `{channel, message, thread}`, else null. */
export function placeOfLink(href) {
  const url = new URL(href, location.href);
  const isHere = url.host === location.host || (url.port === location.port && [url, location].every((each) => LOOPBACK.test(each.hostname)));
  const match = isHere && /^\/archives\/(\w+)\/p(\d+)(\d{6})$/.exec(url.pathname);
  return match ? { channel: match[1], message: `${match[2]}.${match[3]}`, thread: url.searchParams.get("thread_ts") } : null;
}

export function writeRoute(route, { replace = false } = {}) {
  const href = hrefOf(route);
  if (href === location.search) return;
  history[replace ? "replaceState" : "pushState"](null, "", href);
}
