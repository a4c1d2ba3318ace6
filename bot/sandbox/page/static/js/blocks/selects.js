/** The select menus: options given, asked from the app, or the workspace's people and channels. */

import { avatar } from "../avatar.js";
import { Combobox } from "../combobox.js";
import { textOf } from "../text/render.js";
import { choose } from "./interact.js";

const KINDS = ["static_select", "external_select", "users_select", "conversations_select", "channels_select"];
export const SELECT_TYPES = KINDS.flatMap((kind) => [kind, `multi_${kind}`]);

const DEFAULT_MIN_QUERY = 3;

export function selectElement(element, block, ctx, naming) {
  const multi = element.type.startsWith("multi_");
  const kind = element.type.replace("multi_", "");
  const external = kind === "external_select";
  const placeholder = textOf(element.placeholder, ctx.names);
  let sent = JSON.stringify(ctx.fields.get(block, element));
  const commit = (values) => {
    const value = multi ? values : (values[0] ?? null);
    if (JSON.stringify(value) === sent) return;
    sent = JSON.stringify(value);
    choose(element, block, ctx, naming, value);
  };
  const combobox = new Combobox({
    label: naming.label, labelledBy: naming.labelledBy,
    placeholder: placeholder || (multi ? "Select options" : "Select an option"),
    focusKey: [block.block_id, element.action_id],
    multi, max: element.max_selected_items ?? null,
    clearable: naming.optional,
    delayed: external, minQuery: external ? (element.min_query_length ?? DEFAULT_MIN_QUERY) : 0,
    selected: selectedOptions(element, block, ctx, kind),
    load: external ? (query) => askApp(element, block, ctx, query) : (query) => filtered(staticGroups(element, ctx, kind), query),
    // A single choice is told at once; several choices are told together, when the menu goes.
    onChange: (values) => (multi ? keep(element, block, ctx, values) : commit(values)),
    onClose: multi ? commit : null,
  });
  return combobox.element;
}

function keep(element, block, ctx, values) {
  ctx.fields.set(block, element, values);
  ctx.touched(block);
}

function toEntry(option, ctx) {
  return { value: option.value, label: textOf(option.text, ctx.names), description: textOf(option.description, ctx.names) };
}

function selectedOptions(element, block, ctx, kind) {
  const value = ctx.fields.get(block, element);
  const values = Array.isArray(value) ? value : [value].filter((each) => each !== null && each !== "");
  return values.map((each) => {
    if (kind === "users_select") return { value: each, label: ctx.names.person(each)?.name ?? each };
    if (kind === "conversations_select" || kind === "channels_select") return { value: each, label: conversationName(each, ctx) };
    const option = ctx.fields.option(block, element, each);
    return option ? toEntry(option, ctx) : { value: each, label: each };
  });
}

function conversationName(id, ctx) {
  const conversation = ctx.workspace.conversations().find((each) => each.id === id);
  return conversation ? labelOf(conversation) : (ctx.names.channel(id)?.name ?? id);
}

function labelOf(conversation) {
  return conversation.kind === "im" ? conversation.name : `# ${conversation.name}`;
}

/** Groups of entries that need no question to the app. */
function staticGroups(element, ctx, kind) {
  switch (kind) {
    case "users_select": return [{ options: people(ctx) }];
    case "channels_select": return [{ options: conversations(ctx, { include: ["public"] }) }];
    case "conversations_select": return [{ options: conversations(ctx, element.filter ?? {}) }];
    default: return element.option_groups ? groupsOf(element.option_groups, ctx) : [{ options: element.options.map((each) => toEntry(each, ctx)) }];
  }
}

function groupsOf(groups, ctx) {
  return groups.map((group) => ({ label: textOf(group.label, ctx.names), options: group.options.map((each) => toEntry(each, ctx)) }));
}

function people(ctx) {
  return ctx.workspace.people().filter((person) => person.kind !== "deactivated")
    .map((person) => ({ value: person.id, label: person.name, description: person.title, lead: avatar(person, person.name, "avatar-tiny") }));
}

function conversations(ctx, { include, exclude_external_shared_channels: noShared, exclude_bot_users: noBots }) {
  const kindOf = (each) => (each.kind === "im" ? "im" : (each.is_private ? "private" : "public"));
  return ctx.workspace.conversations()
    .filter((each) => !include || include.includes(kindOf(each)))
    .filter((each) => !(noShared && each.is_ext_shared) && !(noBots && each.is_app) && !each.is_archived)
    .map((each) => ({ value: each.id, label: labelOf(each) }));
}

function filtered(groups, query) {
  const wanted = query.toLowerCase();
  const fits = (option) => `${option.label} ${option.description ?? ""}`.toLowerCase().includes(wanted);
  return groups.map((group) => ({ ...group, options: group.options.filter(fits) })).filter((group) => group.options.length);
}

async function askApp(element, block, ctx, query) {
  const answer = await ctx.options(block, element, query);
  const groups = answer.option_groups ?? [];
  const options = answer.options ?? [];
  ctx.fields.remember(block, element, [...options, ...groups.flatMap((group) => group.options)]);
  const shown = groups.length ? groupsOf(groups, ctx) : [{ options: options.map((each) => toEntry(each, ctx)) }];
  if (answer.ok) return { groups: shown, message: "" };
  return { groups: shown, message: answer.message ?? "The app did not answer. Type on to ask again." };
}
