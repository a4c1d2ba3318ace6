/** Where a window is: who is looking, and at what. Kept in the address, so that a second window can be somebody else. */

/** `{user, channel, view, thread}` of the address; what is missing is null. */
export function readRoute() {
  const parameters = new URLSearchParams(location.search);
  return Object.fromEntries(["user", "channel", "view", "thread"].map((name) => [name, parameters.get(name)]));
}

/** The address of a place. */
export function hrefOf(route) {
  const used = Object.entries(route).filter(([, value]) => value);
  return `?${new URLSearchParams(used)}`;
}

export function writeRoute(route, { replace = false } = {}) {
  const href = hrefOf(route);
  if (href === location.search) return;
  history[replace ? "replaceState" : "pushState"](null, "", href);
}
