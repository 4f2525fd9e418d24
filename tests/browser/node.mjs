// The npm packages ws and eventsource, and Node's fetch.  node node.mjs A B C
import { EventSource } from 'eventsource';
import WebSocket from 'ws';
import { END, ERROR, LONG, assert, check, end, ports } from './checks.mjs';

const { page, allowing } = ports();
const base = `127.0.0.1:${page}`;

/** A WebSocket with everything that has come over it. */
class Peer {
  messages = [];
  #waiting = [];

  constructor(path, options = {}, host = base) {
    this.socket = new WebSocket(`ws://${host}${path}`, options);
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    this.socket.on('message', (data, binary) => {
      const message = binary ? data : data.toString();
      const next = this.#waiting.shift();
      if (next) next(message);
      else this.messages.push(message);
    });
  }

  /** Resolves to the status: 101 when it opened. */
  opened() {
    return new Promise((resolve, reject) => {
      this.socket.on('open', () => resolve(101));
      this.socket.on('unexpected-response', (_, response) => resolve(response.statusCode));
      this.socket.on('error', reject);
    });
  }

  read() {
    if (this.messages.length > 0) return Promise.resolve(this.messages.shift());
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

async function open(path, options, host) {
  const peer = new Peer(path, options, host);
  assert.equal(await peer.opened(), 101);
  return peer;
}

await check('ws: in turn, half-close, good end', async () => {
  const peer = await open('/v1/chat/room');
  for (let number = 1; number <= 100; ++number) {
    peer.socket.send(JSON.stringify({ number, text: 'ü' }));
    assert.deepEqual(JSON.parse(await peer.read()), { name: 'room', number, text: 'ü' });
  }
  peer.socket.send(END);
  assert.deepEqual(await peer.closed, { code: 1000, reason: '' });
});

await check('ws: an error is a text and a close frame', async () => {
  const peer = await open('/v1/chat/room');
  peer.socket.send(JSON.stringify({ name: 'fail', text: LONG }));
  const text = `error: code = 409 reason = TOLD_TO message = ${LONG} metadata = map[] cause = <nil>`;
  assert.equal(await peer.read(), ERROR + text);
  const { code, reason } = await peer.closed;
  assert.equal(code, 1011);
  assert.ok(text.startsWith(reason), reason);
  assert.ok(Buffer.byteLength(reason) > 115 && Buffer.byteLength(reason) <= 123, reason);
});

await check('ws: bytes of many lengths', async () => {
  const peer = await open('/v1/bytes');
  for (const size of [0, 1, 125, 126, 65535, 65536, 3_000_000]) {
    const bytes = Buffer.alloc(size, '\xff\x00ab', 'latin1');
    peer.socket.send(bytes);
    assert.ok(bytes.equals(await peer.read()), `${size} bytes`);
  }
  peer.socket.close(1000, 'goodbye');
  assert.equal((await peer.closed).code, 1000);
});

await check('ws: fragments with a ping between them', async () => {
  const peer = await open('/v1/bytes');
  const pong = new Promise((resolve) => peer.socket.on('pong', (data) => resolve(data.toString())));
  peer.socket.send(Buffer.from('ab'), { fin: false });
  peer.socket.ping('still there?');
  peer.socket.send(Buffer.from('cd'), { fin: false });
  peer.socket.send(Buffer.from('ef'), { fin: true });
  assert.equal((await peer.read()).toString(), 'abcdef');
  assert.equal(await pong, 'still there?');
  peer.socket.terminate();
});

await check('ws: compression is offered and not taken, or taken', async () => {
  const plain = await open('/v1/bytes', { perMessageDeflate: true });
  assert.equal(plain.socket.extensions, '');
  plain.socket.terminate();
  const packed = await open('/v1/chat/room', { perMessageDeflate: { threshold: 0 } }, `127.0.0.1:${allowing}`);
  assert.match(packed.socket.extensions, /permessage-deflate/);
  for (const text of ['', 'a', 'abc'.repeat(500_000)]) {
    packed.socket.send(JSON.stringify({ text }));
    assert.equal(JSON.parse(await packed.read()).text, text);
  }
  packed.socket.send(END);
  assert.equal((await packed.closed).code, 1000);
});

await check('ws: refusals are replies', async () => {
  for (const [path, options, status] of [
    ['/v1/nowhere', {}, 404],
    ['/v1/chat/room', { origin: 'http://evil.example' }, 403],
    ['/v1/chat/room', { origin: `http://${base}` }, 101],
  ]) {
    const peer = new Peer(path, options);
    assert.equal(await peer.opened(), status, path);
    peer.socket.on('error', () => {});
    peer.socket.terminate();
  }
  assert.equal((await fetch(`http://${base}/v1/chat/room`)).status, 426);
});

await check('ws: a message beyond the limit closes with 1009', async () => {
  const peer = await open('/v1/bytes');
  peer.socket.on('error', () => {});
  peer.socket.send(Buffer.alloc((4 << 20) + 1));
  assert.equal((await peer.closed).code, 1009);
});

await check('ws: 300 at once', async () => {
  const peers = await Promise.all(Array.from({ length: 300 }, () => open('/v1/chat/room')));
  await Promise.all(peers.map(async (peer, number) => {
    for (let i = 0; i < 10; ++i) {
      peer.socket.send(JSON.stringify({ number }));
      assert.equal(JSON.parse(await peer.read()).number, number);
    }
    peer.socket.send(END);
    assert.equal((await peer.closed).code, 1000);
  }));
});

/** Reads events until the source is closed for good, or an error event brings data. */
function events(source) {
  return new Promise((resolve) => {
    const seen = [];
    source.addEventListener('message', (event) => seen.push([event.lastEventId, JSON.parse(event.data).number]));
    source.addEventListener('error', (event) => {
      if (event.data === undefined && source.readyState !== EventSource.CLOSED) return;
      source.close();
      resolve({ seen, status: event.code, error: event.data && JSON.parse(event.data) });
    });
  });
}

await check('eventsource: goes on where it left off, and ends', async () => {
  const { seen, status } = await events(new EventSource(`http://${base}/v1/feed/a?count=8`));
  assert.deepEqual(seen, [1, 2, 3, 4, 5, 6, 7, 8].map((number) => [String(number), number]));
  assert.equal(status, 410);
});

await check('eventsource: an error event', async () => {
  const { seen, error } = await events(new EventSource(`http://${base}/v1/failing/a`));
  assert.equal(seen.length, 2);
  assert.deepEqual(error, { code: 409, reason: 'STALE', message: 'it failed', metadata: { k: 'v' } });
});

await check('fetch: NDJSON, raw bytes, compressed JSON', async () => {
  const lines = await fetch(`http://${base}/v1/feed/a?count=3`, { headers: { accept: 'application/x-ndjson' } });
  assert.equal(lines.headers.get('content-type'), 'application/x-ndjson');
  assert.deepEqual((await lines.text()).trim().split('\n').map((line) => JSON.parse(line).number), [1, 2, 3]);
  const file = await fetch(`http://${base}/v1/files/a?count=64`);
  assert.equal(file.headers.get('content-type'), 'image/x-test');
  const bytes = Buffer.from(await file.arrayBuffer());
  assert.ok(bytes.equals(Buffer.alloc(64 * 65536, 0xff)));
});

await check('fetch: 200 uploads and replies at once over kept connections', async () => {
  await Promise.all(Array.from({ length: 200 }, async (_, number) => {
    const sent = { name: 'n', number, text: 'x'.repeat(number * 50) };
    const reply = await fetch(`http://${base}/v1/tick`, {
      method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(sent),
    });
    assert.deepEqual(await reply.json(), sent);
  }));
});

end();
