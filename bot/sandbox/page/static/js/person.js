/** Who one is in this window, and the way to be somebody else. */

import { h, icon } from "./dom.js";
import { avatar } from "./avatar.js";
import { attachMenu } from "./menu.js";
import { hrefOf } from "./route.js";

const KIND_WORDS = { owner: "Workspace owner", member: "Member", guest: "Guest", stranger: "Other organization" };

function content(person) {
  return [avatar(person), h("span", { class: "person-words" },
    h("span", { class: "person-name" }, person.name, h("span", { class: "person-kind" }, KIND_WORDS[person.kind] ?? person.kind)),
    person.title && h("span", { class: "person-title" }, person.title),
    h("span", { class: "person-may" }, person.may))];
}

/** The card of the current person; it opens the list of everybody that one can be. */
export function personSwitch(session, onPerson) {
  const { me } = session;
  const button = h("button", { type: "button", class: "person-card", "aria-label": `You are ${me.name}. Switch person` },
    avatar(me), h("span", { class: "person-words" }, h("span", { class: "person-eyebrow" }, "You are"), h("span", { class: "person-name" }, me.name),
      h("span", { class: "person-title" }, me.title || KIND_WORDS[me.kind])), icon("down"));
  const choices = () => [...session.people.values()].filter((person) => person.can_act);
  attachMenu(button, { label: "Switch person", panelClass: "person-menu", items: () => choices().map((person) => ({
    label: `${person.name}: ${person.may}`, content: content(person), checked: person.id === session.userId,
    onPick: (event) => {
      if (event.metaKey || event.ctrlKey) open(hrefOf({ user: person.id }), "_blank", "noopener");
      else onPerson(person.id);
    },
  })) });
  const second = h("a", { class: "second-window", href: hrefOf({ user: someoneElse(choices(), me) }), target: "_blank", rel: "noopener" },
    icon("window"), "Open a second window as somebody else");
  return h("div", { class: "person" }, button, h("p", { class: "person-may" }, me.may), second);
}

function someoneElse(people, me) {
  const equal = people.find((person) => person.id !== me.id && person.kind === "member");
  return (equal ?? people.find((person) => person.id !== me.id) ?? me).id;
}
