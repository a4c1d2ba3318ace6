/** Dates and times, in the zone of the person who looks. Seconds since 1970 everywhere, as Slack counts. */

const LOCALE = "en-US";
const formats = new Map();

/** Seconds of a Slack timestamp ("1700000000.000100"). */
export function seconds(ts) {
  return Number.parseFloat(ts);
}

// To make one takes far longer than to use it, and every change of a conversation asks for many.
function formatOf(locale, options) {
  const key = JSON.stringify([locale, options]);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale, options));
  return formats.get(key);
}

function format(at, zone, options) {
  return formatOf(LOCALE, { timeZone: zone, ...options }).format(new Date(at * 1000));
}

/** "2026-11-23", the day that it is in the zone. */
export function dayOf(at, zone) {
  return formatOf("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date(at * 1000));
}

/** "2:05 PM" */
export function clock(at, zone) {
  return format(at, zone, { hour: "numeric", minute: "2-digit" });
}

/** "Monday, November 23rd, 2:05:09 PM GMT+1": for tooltips. */
export function full(at, zone) {
  return `${format(at, zone, { weekday: "long", year: "numeric", month: "long", day: "numeric" })}, ${format(at, zone, {
    hour: "numeric", minute: "2-digit", second: "2-digit", timeZoneName: "short",
  })}`;
}

/** "Today", "Yesterday" or "Monday, November 23rd": the line between two days of a conversation. */
export function dayName(at, zone, now) {
  return relativeDay(at, zone, now) ?? `${format(at, zone, { weekday: "long" })}, ${monthDay(at, zone, "long", now)}`;
}

/** "2 hours ago", "in 5 minutes" */
export function ago(at, now) {
  const difference = at - now;
  const units = [["day", 86400], ["hour", 3600], ["minute", 60]];
  const [unit, size] = units.find(([, length]) => Math.abs(difference) >= length) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(LOCALE, { numeric: "auto" }).format(Math.trunc(difference / size), unit);
}

function relativeDay(at, zone, now) {
  const day = dayOf(at, zone);
  const names = [["Today", 0], ["Yesterday", -86400], ["Tomorrow", 86400]];
  return names.find(([, offset]) => dayOf(now + offset, zone) === day)?.[0] ?? null;
}

function ordinal(number) {
  const suffix = { one: "st", two: "nd", few: "rd", other: "th" };
  return `${number}${suffix[new Intl.PluralRules(LOCALE, { type: "ordinal" }).select(number)]}`;
}

function monthDay(at, zone, month, now) {
  const day = ordinal(Number(format(at, zone, { day: "numeric" })));
  const year = dayOf(at, zone).slice(0, 4);
  return `${format(at, zone, { month })} ${day}${year === dayOf(now, zone).slice(0, 4) ? "" : `, ${year}`}`;
}

function token(name, at, zone, now) {
  const year = format(at, zone, { year: "numeric" });
  const day = ordinal(Number(format(at, zone, { day: "numeric" })));
  const long = () => `${format(at, zone, { weekday: "long" })}, ${format(at, zone, { month: "long" })} ${day}, ${year}`;
  const short = () => `${format(at, zone, { month: "short" })} ${format(at, zone, { day: "numeric" })}, ${year}`;
  const pretty = (plain) => relativeDay(at, zone, now) ?? plain();
  switch (name) {
    case "date_num": return dayOf(at, zone);
    case "date_slash": return dayOf(at, zone).replaceAll("-", "/");
    case "date": return `${format(at, zone, { month: "long" })} ${day}, ${year}`;
    case "date_short": return short();
    case "date_long": return long();
    case "date_pretty": return pretty(() => `${format(at, zone, { month: "long" })} ${day}, ${year}`);
    case "date_short_pretty": return pretty(short);
    case "date_long_pretty": return pretty(long);
    case "time": return clock(at, zone);
    case "time_secs": return format(at, zone, { hour: "numeric", minute: "2-digit", second: "2-digit" });
    case "ago": return ago(at, now);
    default: return null;
  }
}

/** Slack's `<!date^…>` pattern ("{date_short} at {time}") filled in; an unknown word in braces stays as it is. */
export function slackDate(pattern, at, zone, now) {
  return pattern.replace(/\{(\w+)\}/g, (whole, name) => token(name, at, zone, now) ?? whole);
}

function offset(at, zone) {
  const parts = formatOf(LOCALE, {
    timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric",
    second: "numeric",
  }).formatToParts(new Date(at * 1000));
  const of = (type) => Number(parts.find((part) => part.type === type).value);
  return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second")) / 1000 - at;
}

/** Seconds -> "2026-11-23T14:05", what a date-and-time field shows in the zone. */
export function toLocalField(at, zone) {
  return new Date((at + offset(at, zone)) * 1000).toISOString().slice(0, 16);
}

/** "2026-11-23T14:05" in the zone -> seconds. Twice, because the offset belongs to the result and not to the guess. */
export function fromLocalField(text, zone) {
  const guess = Date.parse(`${text}:00Z`) / 1000;
  const near = guess - offset(guess, zone);
  return guess - offset(near, zone);
}
