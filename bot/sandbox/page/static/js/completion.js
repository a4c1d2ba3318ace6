/** What the composer offers while a person types: commands, people, channels. */

const MOST = 8;

/** The word under the caret that can be completed: `{kind, query, from, to}`, or null. */
export function wordAt(text, caret, { commands }) {
  const before = text.slice(0, caret);
  const command = /^\/[\w-]*$/.exec(before);
  if (command) return commands ? { kind: "command", query: before, from: 0, to: caret } : null;
  const match = /(?:^|[\s(,])([@#])([\w.-]*)$/.exec(before);
  if (!match) return null;
  const kind = match[1] === "@" ? "person" : "channel";
  return { kind, query: match[2], from: caret - match[2].length - 1, to: caret };
}

/** The entries for a word, as the list box wants them: `{value (what is put in), label, description}`. */
export function entriesFor(word, session) {
  const wanted = word.query.toLowerCase();
  if (word.kind === "command") {
    return session.workspace.commands.filter((each) => each.command.startsWith(wanted)).slice(0, MOST).map((each) => ({
      value: each.command, label: each.command, description: [each.description, each.usage_hint].filter(Boolean).join(" · "),
    }));
  }
  if (word.kind === "channel") {
    return session.sidebar.channels.filter((each) => each.name.toLowerCase().startsWith(wanted)).slice(0, MOST)
      .map((each) => ({ value: `#${each.name}`, label: `#${each.name}`, description: each.topic }));
  }
  const fits = (person) => person.handle.startsWith(wanted) || person.name.toLowerCase().includes(wanted);
  return [...session.people.values()].filter((person) => person.kind !== "deactivated" && fits(person)).slice(0, MOST)
    .map((person) => ({ value: `@${person.handle}`, label: person.name, description: `@${person.handle}` }));
}
