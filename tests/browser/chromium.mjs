// A real browser's EventSource, WebSocket and fetch, from its own origin and from another.  node chromium.mjs PROGRAM PROFILE A B C
import { END, ERROR, LONG, assert, check, end, ports } from './checks.mjs';
import { launch } from './launch.mjs';

const [program, profile] = process.argv.splice(2, 2);
const { page: home, allowing, strange } = ports();
const context = await launch(program, profile);
const tab = await context.newPage();
await tab.goto(`http://127.0.0.1:${home}/page`);

/** In the page: reads events until the source is closed for good, or an error event brings data. */
const events = (port, path) => tab.evaluate(([port, path]) => new Promise((resolve) => {
  const source = new EventSource(`http://127.0.0.1:${port}${path}`);
  const seen = [];
  source.onmessage = (event) => seen.push([event.lastEventId, JSON.parse(event.data).number]);
  source.onerror = (event) => {
    if (event.data === undefined && source.readyState !== EventSource.CLOSED) return;
    source.close();
    resolve({ seen, error: event.data && JSON.parse(event.data) });
  };
}), [port, path]);

/** In the page: sends each message and waits for one after it; then how the socket closed. */
const talk = (port, path, messages) => tab.evaluate(([port, path, messages]) => new Promise((resolve) => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
  const got = [];
  let extensions;
  const next = () => { if (messages.length > 0) socket.send(messages.shift()); };
  socket.onopen = () => { extensions = socket.extensions; next(); };
  socket.onmessage = (event) => { got.push(event.data); next(); };
  socket.onclose = ({ code, reason, wasClean }) => resolve({ got, extensions, code, reason, wasClean });
}), [port, path, messages]);

/** In the page: a fetch, as far as the page may see it. */
const call = (port, path, options = {}) => tab.evaluate(async ([port, path, options]) => {
  try {
    const reply = await fetch(`http://127.0.0.1:${port}${path}`, options);
    return { status: reply.status, type: reply.headers.get('content-type'), body: await reply.text() };
  } catch (error) {
    return { refused: error.name };
  }
}, [port, path, options]);

const eight = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => [String(number), number]);
const json = (method, body) => ({ method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

await check('chromium: events go on where they left off, and end', async () => {
  assert.deepEqual((await events(home, '/v1/feed/a?count=8')).seen, eight);
});

await check('chromium: an error event', async () => {
  const { seen, error } = await events(home, '/v1/failing/a');
  assert.equal(seen.length, 2);
  assert.equal(error.reason, 'STALE');
});

await check('chromium: a WebSocket in turn, half-close, good end', async () => {
  const sent = [1, 2, 3].map((number) => JSON.stringify({ number, text: 'ü' }));
  const { got, extensions, ...close } = await talk(home, '/v1/chat/room', [...sent, END]);
  assert.deepEqual(got.map((text) => JSON.parse(text).number), [1, 2, 3]);
  assert.equal(JSON.parse(got[0]).name, 'room');
  assert.equal(extensions, '');
  assert.deepEqual(close, { code: 1000, reason: '', wasClean: true });
});

await check('chromium: a WebSocket error', async () => {
  const { got, code, reason, wasClean } = await talk(home, '/v1/chat/room', [JSON.stringify({ name: 'fail', text: LONG })]);
  assert.ok(got[0].startsWith(`${ERROR}error: code = 409 reason = TOLD_TO message = ${LONG} `));
  assert.equal(code, 1011);
  assert.ok(reason.startsWith('error: code = 409 reason = TOLD_TO message = éé') && !reason.includes('\ufffd'), reason);
  assert.ok(wasClean);
});

await check('chromium: bytes over a WebSocket', async () => {
  const same = await tab.evaluate((port) => new Promise((resolve) => {
    const sent = new Uint8Array(3_000_000).map((_, i) => i * 7);
    const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/bytes`);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => socket.send(sent);
    socket.onclose = () => resolve(false);
    socket.onmessage = ({ data }) => {
      const got = new Uint8Array(data);
      resolve(got.length === sent.length && got.every((byte, i) => byte === sent[i]));
    };
  }), home);
  assert.ok(same);
});

await check('chromium: a stream read piece by piece, and given up', async () => {
  const size = await tab.evaluate(async (port) => {
    const giveUp = new AbortController();
    const reply = await fetch(`http://127.0.0.1:${port}/v1/files/a?count=100000`, { signal: giveUp.signal });
    const reader = reply.body.getReader();
    let size = 0;
    while (size < 1_000_000) size += (await reader.read()).value.length;
    giveUp.abort();
    return size;
  }, home);
  assert.ok(size >= 1_000_000);
  assert.equal((await call(home, '/v1/inline/a')).status, 200);
});

await check('chromium: another origin that is allowed', async () => {
  const put = await call(allowing, '/v1/tick', json('PUT', { name: 'n', number: 1, text: '' }));
  assert.equal(put.status, 200);
  assert.deepEqual(JSON.parse(put.body), { name: 'n', number: 1, text: '' });
  const missing = await call(allowing, '/v1/nowhere', json('DELETE', {}));
  assert.equal(JSON.parse(missing.body).reason, 'NOT_FOUND');
  assert.deepEqual((await events(allowing, '/v1/feed/a?count=8')).seen, eight);
  const { got, extensions, code } = await talk(allowing, '/v1/chat/room',
    [JSON.stringify({ text: 'abc'.repeat(500_000) }), JSON.stringify({ text: '' }), END]);
  assert.equal(JSON.parse(got[0]).text.length, 1_500_000);
  assert.match(extensions, /permessage-deflate/);
  assert.equal(code, 1000);
});

await check('chromium: another origin that is not allowed', async () => {
  assert.deepEqual(await call(strange, '/v1/inline/a'), { refused: 'TypeError' });
  assert.deepEqual(await call(strange, '/v1/tick', json('PUT', {})), { refused: 'TypeError' });
  assert.deepEqual((await events(strange, '/v1/feed/a?count=8')).seen, []);
  const { got, code } = await talk(strange, '/v1/chat/room', [END]);
  assert.deepEqual(got, []);
  assert.equal(code, 1006);
});

await context.close();
end();
