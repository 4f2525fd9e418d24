// Hears a room as server-sent events; who joins talks and hears over a WebSocket.
'use strict';

const room = `rooms/${(location.hash.slice(1) || 'tea').replaceAll('/', '-')}`;
const path = `/v1/rooms/${encodeURIComponent(room.slice('rooms/'.length))}`;
const [lines, state, form, author, text, send] =
  ['lines', 'state', 'say', 'author', 'text', 'send'].map((id) => document.getElementById(id));
document.getElementById('room').textContent = room;
window.addEventListener('hashchange', () => location.reload());

// What comes once more, after another connection, is not shown again.
let heard = 0;
function show(line) {
  if (line.number <= heard) return;
  heard = line.number;
  const item = document.createElement('li');
  const name = document.createElement('b');
  name.textContent = line.author;
  item.append(name, ' ', line.text);
  if (line.author === author.value) item.className = 'mine';
  lines.append(item);
  item.scrollIntoView({ block: 'nearest' });
}

// The browser connects again by itself, and says what it has heard.
const events = new EventSource(`${path}/lines`);
state.textContent = 'listening';
events.onopen = () => { state.textContent = 'listening'; };
events.onmessage = ({ data }) => show(JSON.parse(data));
events.onerror = () => { state.textContent = 'connecting'; };

let socket;
function talk(pause = 250) {
  socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}${path}:talk`);
  socket.onopen = () => {
    events.close();
    pause = 250;
    socket.send(JSON.stringify({ author: author.value }));
    state.textContent = `talking as ${author.value}`;
    text.disabled = false;
    text.focus();
  };
  socket.onmessage = ({ data }) => {
    // Frames that begin with a record separator are about the stream: its end, or what went wrong.
    if (data.startsWith('\x1e')) state.textContent = data.replace(/^\x1eerror:/, '');
    else show(JSON.parse(data));
  };
  socket.onclose = () => {
    text.disabled = true;
    state.textContent ||= 'connecting';
    setTimeout(() => talk(Math.min(2 * pause, 8000)), pause);
  };
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  if (!socket) {
    author.readOnly = true;
    text.required = true;
    send.textContent = 'say';
    talk();
  } else if (socket.readyState === WebSocket.OPEN) {
    socket.send(JSON.stringify({ author: author.value, text: text.value }));
    text.value = '';
  }
});
