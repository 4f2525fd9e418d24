// The page of examples/chat and the admin page, as people use them.  node pages.mjs PROGRAM PROFILE PICTURES CHAT ADMIN
// PROGRAM is Chromium, CHAT and ADMIN are ports; a picture of each page goes to the directory PICTURES.
import { assert, check, end } from './checks.mjs';
import { launch } from './launch.mjs';

const [program, profile, pictures, chatPort, adminPort] = process.argv.slice(2);
const chat = `http://127.0.0.1:${chatPort}`;
const context = await launch(program, profile);

/** A window on a page; what its console complains of counts. */
const complaints = [];
async function open(url) {
  const tab = await context.newPage();
  tab.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
  tab.on('pageerror', (error) => complaints.push(String(error)));
  await tab.goto(url);
  return tab;
}

const texts = (tab) => tab.locator('#lines li').allInnerTexts();

/** Waits until the window shows these lines. */
async function shows(tab, expected) {
  await tab.locator(`#lines li:nth-child(${expected.length})`).waitFor();
  assert.deepEqual((await texts(tab)).map((text) => text.replaceAll(/\s+/g, ' ')), expected);
}

const say = (author, text) => fetch(`${chat}/v1/rooms/tea/lines`, {
  method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ author, text }),
});

let ann, bob;
await check('chat page: who only listens hears what was said and what is said', async () => {
  await say('eve', 'first');
  ann = await open(`${chat}/#tea`);
  bob = await open(`${chat}/#tea`);
  await shows(ann, ['eve first']);
  await say('eve', '<img src=x onerror=alert(1)>');
  await shows(ann, ['eve first', 'eve <img src=x onerror=alert(1)>']);
  await shows(bob, ['eve first', 'eve <img src=x onerror=alert(1)>']);
  assert.equal(await ann.locator('#lines img').count(), 0);
});

await check('chat page: who joins talks, and nothing is heard twice', async () => {
  for (const [tab, name] of [[ann, 'ann'], [bob, 'bob']]) {
    await tab.fill('#author', name);
    await tab.click('#send');
    await tab.locator('#text:enabled').waitFor();
    assert.equal(await tab.innerText('#state'), `talking as ${name}`);
  }
  await ann.fill('#text', 'tea?');
  await ann.press('#text', 'Enter');
  await bob.locator('#lines li:nth-child(3)').waitFor();
  await bob.fill('#text', 'milk');
  await bob.press('#text', 'Enter');
  const all = ['eve first', 'eve <img src=x onerror=alert(1)>', 'ann tea?', 'bob milk'];
  await shows(ann, all);
  await shows(bob, all);
  assert.equal(await ann.locator('#lines li.mine').innerText(), await ann.locator('#lines li:nth-child(3)').innerText());
  await ann.screenshot({ path: `${pictures}/chat.png` });
});

await check('chat page: another room is another room', async () => {
  const garden = await open(`${chat}/#garden`);
  await garden.locator('#state:has-text("listening")').waitFor();
  assert.deepEqual(await texts(garden), []);
});

await check('admin page: routes, limits and counters for people, JSON for tools', async () => {
  const url = `http://127.0.0.1:${adminPort}/admin`;
  const tab = await open(url);
  const text = await tab.innerText('body');
  for (const part of ['/v1/feed/{name}', 'max_body_bytes', '/browser.Feed/Watch']) assert.ok(text.includes(part), part);
  await tab.screenshot({ path: `${pictures}/admin.png`, fullPage: true });
  const facts = await (await fetch(url, { headers: { accept: 'application/json' } })).json();
  assert.ok(facts.servers[0].routes.length > 0);
});

await check('pages: nothing in the console', async () => assert.deepEqual(complaints, []));

await context.close();
end();
