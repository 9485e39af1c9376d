// The page of the water experiment: takes states from the server and gives back what the viewer sets. It decides nothing: what is
// shown is what the streams did.

import { draw, record, size, speed } from "./water-picture.js";

const at = id => document.getElementById(id);
const show = (id, text) => { if (at(id).textContent !== text) at(id).textContent = text; };

// A sentence is read out when it changes; not again within this time, or a quick change of phase would chatter.
const SPOKEN_MILLIS = 1500;

let state = null;
let before = null;
let held = new Set();      // the controls that the viewer has hold of: what the server says of them waits
let spokenAt = 0;

// ---------------------------------------------------------------- what comes

function take(next) {
  if (!state || next.experiment !== state.experiment) before = null;
  else if (next.elapsed > state.elapsed) before = state;
  state = next;
  draw(state, rates());
  record(state);
  sentence();
  controls();
  figures();
  events();
}

function rates() {
  if (!before || before.elapsed >= state.elapsed) return { produced: state.producer, consumed: state.consumer };
  const seconds = (state.elapsed - before.elapsed) / 1000;
  return { produced: (state.produced - before.produced) / seconds, consumed: (state.consumed - before.consumed) / seconds };
}

function sentence() {
  const now = performance.now();
  const urgent = state.phase === "DEAD";
  if (at("scene").dataset.phase === state.phase && at("sentence").textContent === state.sentence) return;
  if (!urgent && now - spokenAt < SPOKEN_MILLIS) return;
  spokenAt = now;
  at("scene").dataset.phase = state.phase;
  show("sentence", state.sentence);
}

function controls() {
  slider("producer", state.producer / 1024, speed(state.producer));
  slider("consumer", state.consumer / 1024, speed(state.consumer));
  slider("mark", Math.round(Math.log2(state.mark)), size(state.mark));
  if (!held.has("ignoring")) at("ignoring").checked = state.ignoring;
  at("code-heeds").hidden = state.ignoring;
  at("code-ignores").hidden = !state.ignoring;
  show("paused", state.paused ? "Go on" : "Pause");
}

function slider(id, value, text) {
  if (held.has(id)) return;
  at(id).value = value;
  say(id, text);
}

function say(id, text) {
  show(`${id}-value`, text);
  at(id).setAttribute("aria-valuetext", text.replace("/s", " a second"));
}

function figures() {
  const times = state.peak / state.mark;
  const bad = state.peak > state.mark + 1024;
  show("f-held", size(state.held));
  show("f-peak", size(state.peak));
  show("f-times", times < 1.5 ? `${Math.round(times * 100)} %` : `${times < 10 ? times.toFixed(1) : Math.round(times)} times`);
  for (const id of ["f-peak", "f-times"]) at(id).classList.toggle("bad", bad);
  at("f-held").classList.toggle("bad", state.held > state.mark + 1024);
  show("f-produced", size(state.produced));
  show("f-consumed", size(state.consumed));
  show("f-false", state.falseAnswers.toLocaleString("en"));
  show("f-drains", state.drains.toLocaleString("en"));
  const share = state.elapsed ? Math.round(state.waited / state.elapsed * 100) : 0;
  show("f-waited", `${(state.waited / 1000).toFixed(1)} s (${share} %)`);
  show("f-longest", `${(state.longestWait / 1000).toFixed(2)} s`);
}

let shown = 0;
function events() {
  const last = state.events.at(-1)?.number ?? 0;
  if (last === shown) return;
  shown = last;
  at("events").replaceChildren(...state.events.toReversed().map(line));
}

function line(event) {
  const item = document.createElement("li");
  const time = document.createElement("time");
  time.textContent = `${(event.at / 1000).toFixed(2)} s`;
  const text = document.createElement("span");
  text.textContent = event.text;
  if (event.text.startsWith("write → false") || event.text.startsWith("out of memory")) item.className = "false";
  if (event.text.startsWith("drain")) item.className = "drain";
  item.append(time, text);
  return item;
}

// ---------------------------------------------------------------- what the viewer sets

async function post(path, body) {
  try {
    const answer = await fetch(path, { method: "POST", body });
    if (!answer.ok) throw new Error((await answer.text()).trim());
    show("trouble", "");
    take(await answer.json());
  } catch (error) {
    show("trouble", `Not set: ${error.message}`);
  }
}

// One request at a time for each control: while it is under way only the newest value waits.
const waiting = new Map();
async function set(name, value) {
  const busy = held.has(name);
  waiting.set(name, value);
  if (busy) return;
  held.add(name);
  while (waiting.has(name)) {
    const newest = waiting.get(name);
    waiting.delete(name);
    await post("controls", `${name}=${newest}`);
  }
  held.delete(name);
  if (state) controls();
}

for (const id of ["producer", "consumer"]) {
  at(id).addEventListener("input", () => {
    const bytes = Number(at(id).value) * 1024;
    say(id, speed(bytes));
    set(id, bytes);
  });
}
at("mark").addEventListener("input", () => say("mark", size(2 ** Number(at("mark").value))));
at("mark").addEventListener("change", () => set("mark", 2 ** Number(at("mark").value)));
at("ignoring").addEventListener("change", () => set("ignoring", at("ignoring").checked));
at("paused").addEventListener("click", () => set("paused", !state?.paused));
at("restart").addEventListener("click", () => post("restart", ""));

// ---------------------------------------------------------------- the connection

const source = new EventSource("events");
source.onmessage = event => take(JSON.parse(event.data));
source.addEventListener("last", event => {
  take(JSON.parse(event.data));
  source.close();
  ended("The experiment has ended: highwater lab water begins another one.");
});
source.addEventListener("trouble", event => show("trouble", event.data));
source.onerror = () => {
  if (source.readyState === EventSource.CLOSED) ended("The experiment cannot be reached: is highwater lab water still running, with this link?");
  else ended("The connection was lost; trying again …");
};

function ended(text) {
  at("scene").dataset.phase = "ENDED";
  show("sentence", text);
  spokenAt = 0;
}
