// Bolt for JavaScript over Socket Mode. Another address of the Web API goes in as clientOptions.slackApiUrl;
// the address of the socket comes from apps.connections.open.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import bolt from '@slack/bolt';

const facts = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const app = new bolt.App({
  token: facts.bot_token,
  appToken: facts.app_token,
  socketMode: true,
  logLevel: bolt.LogLevel.ERROR,
  clientOptions: { slackApiUrl: facts.api_url },
});

const plain = (text) => ({ type: 'plain_text', text });
const modal = {
  type: 'modal',
  callback_id: 'ask',
  title: plain('Ask'),
  submit: plain('Send'),
  blocks: [
    {
      type: 'input',
      block_id: 'who',
      label: plain('Who'),
      element: { type: 'multi_external_select', action_id: 'people', min_query_length: 1 },
    },
    {
      type: 'input',
      block_id: 'why',
      label: plain('Why'),
      element: { type: 'plain_text_input', action_id: 'reason' },
    },
  ],
};

const seen = [];
app.command('/ask', async ({ ack, body, client }) => {
  seen.push(`command ${body.text}`);
  await ack();
  await client.views.open({ trigger_id: body.trigger_id, view: modal });
});
app.shortcut('start', async ({ ack, body, client }) => {
  await ack();
  await client.views.open({ trigger_id: body.trigger_id, view: { ...modal, callback_id: 'again' } });
});
app.options('people', async ({ ack, payload }) => {
  const names = ['Ada', 'Mia'].filter((name) => name.toLowerCase().includes(payload.value.toLowerCase()));
  await ack({ options: names.map((name) => ({ text: plain(name), value: name })) });
});
app.view('ask', async ({ ack, view, client }) => {
  const values = view.state.values;
  if (values.why.reason.value === 'no') {
    await ack({ response_action: 'errors', errors: { why: 'Say more' } });
    return;
  }
  await ack();
  const people = values.who.people.selected_options.map((option) => option.value).join(', ');
  await client.chat.postMessage({
    channel: 'C0GENERAL',
    text: `${people}: ${values.why.reason.value}`,
    blocks: [{ type: 'actions', elements: [{ type: 'button', action_id: 'go', text: plain('Go'), value: '1' }] }],
  });
});
app.action('go', async ({ ack, body, client, respond }) => {
  await ack();
  await client.chat.update({ channel: body.channel.id, ts: body.message.ts, text: 'gone' });
  await respond('only for you');
});
app.event('app_home_opened', async ({ event, client }) => {
  const blocks = [{ type: 'section', text: plain('at home') }];
  await client.views.publish({ user_id: event.user, view: { type: 'home', blocks } });
});

const call = async (path, body) => {
  const options = body && {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  };
  return (await fetch(`${facts.url}/_user/v1/${path}`, options)).json();
};
const until = async (probe) => {
  for (let i = 0; i < 100; i += 1) {
    const found = await probe();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('waited in vain');
};
const topModal = async () => (await call('ada/modals')).modals.at(-1);

await app.start();
try {
  assert.equal((await call('ada/command', { channel: '#general', text: '/ask @mia now' })).error, null);
  assert.deepEqual(seen, ['command <@U0MIA|mia> now']);
  const view = await until(topModal);
  assert.equal(view.title.text, 'Ask');

  const asked = { view_id: view.id, block_id: 'who', action_id: 'people', query: 'mi' };
  assert.deepEqual((await call('ada/options', asked)).options.map((o) => o.value), ['Mia']);

  const refused = await call('ada/submit', { view_id: view.id, values: { who: { people: ['Mia'] }, why: { reason: 'no' } } });
  assert.deepEqual(refused.errors, { why: 'Say more' });
  const sent = await call('ada/submit', { view_id: view.id, values: { why: { reason: 'because' } } });
  assert.deepEqual([sent.ok, sent.modals], [true, []]);

  const general = async () => (await call('ada/messages?channel=%23general')).messages;
  const message = await until(async () => (await general()).find((m) => m.text === 'Mia: because'));
  const clicked = await call('ada/action', { channel: 'C0GENERAL', ts: message.ts, action_id: 'go' });
  assert.equal(clicked.ok, true);
  await until(async () => (await general()).some((m) => m.text === 'gone' && m.ts === message.ts));
  await until(async () => (await general()).some((m) => m.is_ephemeral && m.text === 'only for you'));

  assert.equal((await call('ada/shortcut', { callback_id: 'start' })).ok, true);
  assert.equal((await until(topModal)).callback_id, 'again');

  await call('ada/home', {});
  const home = await until(async () => (await call('ada/home')).view);
  assert.equal(home.blocks[0].text.text, 'at home');
  console.log('ok: @slack/bolt 5.1.0: command, options, errors, submission, action, respond, shortcut, Home tab');
} finally {
  await app.stop();
}
