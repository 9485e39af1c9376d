// The page: listens to the process, and shows the run that is selected.

import { ProcessModel } from './model.js';
import { Picture } from './picture.js';
import { Figures } from './figures.js';
import { Timeline } from './timeline.js';
import * as words from './words.js';

const ANNOUNCE_MILLIS = 8000;
const STATES = { running: 'running', done: 'over: done', failed: 'over: failed', cancelled: 'over: cancelled' };

const at = (id) => document.getElementById(id);
const say = (id, text) => {
  const node = at(id);
  if (node.textContent !== text) node.textContent = text;
};

const model = new ProcessModel();
const picture = new Picture(at('picture'));
const figures = new Figures(at('figures-body'), at('figures-caption'));
const timeline = new Timeline(at('chart-rate'), at('chart-shares'), at('shares-legend'), at('rate-now'));

let selected = null;
let chosen = false;

// The list.

const items = new Map();

function makeItem(run) {
  const item = document.createElement('li');
  const link = document.createElement('a');
  link.href = '#run-' + run.id;
  link.tabIndex = -1;
  const make = (className) => {
    const node = document.createElement('span');
    node.className = className;
    link.append(node);
    return node;
  };
  const made = { item, link, name: make('item-name'), state: make('item-state'), rate: make('item-rate'), verdict: make('item-verdict') };
  item.append(link);
  return made;
}

function renderList() {
  const list = at('run-list');
  const hasFocus = list.contains(document.activeElement);
  const order = [];
  for (const run of model.runs.values()) {
    let item = items.get(run.id);
    if (!item) items.set(run.id, (item = makeItem(run)));
    const facts = run.facts;
    const set = (node, text) => {
      if (node.textContent !== text) node.textContent = text;
    };
    item.link.dataset.state = facts.state;
    set(item.name, facts.name);
    set(item.state, STATES[facts.state]);
    set(item.rate, words.rate(run.movedIn()));
    set(item.verdict, facts.error && !run.isRunning ? facts.error : facts.verdict.sentence);
    const isSelected = run.id === selected;
    if (isSelected) item.link.setAttribute('aria-current', 'true');
    else item.link.removeAttribute('aria-current');
    // One stop of the tab key: the one that has the focus, or else the selected one.
    item.link.tabIndex = (hasFocus ? item.link === document.activeElement : isSelected) ? 0 : -1;
    order.push(item.item);
  }
  for (const [id, item] of items) {
    if (model.runs.has(id)) continue;
    item.item.remove();
    items.delete(id);
  }
  order.forEach((node, i) => {
    if (list.children[i] !== node) list.insertBefore(node, list.children[i] ?? null);
  });
  const running = [...model.runs.values()].filter((run) => run.isRunning).length;
  at('layout').dataset.runs = model.runs.size > 1 ? 'many' : String(model.runs.size);
  say('runs-count', running + ' running, ' + (model.runs.size - running) + ' over');
  at('runs-more').hidden = model.snapshot.more === 0;
  say('runs-more', 'and ' + words.count(model.snapshot.more) + ' more that run');
}

at('run-list').addEventListener('keydown', (event) => {
  const links = [...at('run-list').querySelectorAll('a')];
  const here = links.indexOf(document.activeElement);
  if (here < 0) return;
  const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: links.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const target = links[Math.max(0, Math.min(links.length - 1, to))];
  for (const link of links) link.tabIndex = link === target ? 0 : -1;
  target.focus();
});

addEventListener('hashchange', () => {
  takeHash();
  render();
});

function takeHash() {
  const match = /^#run-(\d+)$/.exec(location.hash);
  if (!match) return;
  selected = Number(match[1]);
  chosen = true;
}

/** What was chosen, as long as it is there; else what is shown already; else the first one. */
function select() {
  if (chosen && model.runs.has(selected)) return;
  chosen = false;
  if (selected !== null && model.runs.has(selected)) return;
  selected = model.runs.size ? model.runs.keys().next().value : null;
}

// The run.

function renderRun(run) {
  const facts = run.facts;
  say('run-name', facts.name);
  const state = at('run-state');
  state.dataset.state = facts.state;
  say('run-state', STATES[facts.state]);
  const moved = run.movedIn();
  const last = facts.stages.at(-1);
  say('hero-rate-label', run.isRunning ? 'Into the sink' : 'On average');
  say('hero-rate', words.rate(moved));
  say('hero-total-label', run.isRunning ? 'So far' : 'In all');
  say('hero-total', last.bytesIn > 0 || last.chunksIn === 0 ? words.bytes(last.bytesIn) : words.count(last.chunksIn) + ' chunks');
  say('hero-elapsed', words.clock(facts.elapsedNanos / 1e9));
  renderVerdict(run);
  picture.update(run);
  figures.update(run);
  timeline.update(run);
  document.title = (run.isRunning ? words.rate(moved) : STATES[facts.state]) + ' · ' + facts.name + ' · Highwater';
  if (!run.hasHistory) fetchHistory(run);
}

function renderVerdict(run) {
  const { verdict, busyStage, waitsFor, stages, error } = run.facts;
  at('verdict').dataset.decided = verdict.stage >= 0;
  at('verdict').dataset.state = run.facts.state;
  const seconds = Math.round((run.facts.elapsedNanos - verdict.sinceNanos) / 1e9);
  say('verdict-title', run.isRunning && verdict.sinceNanos > 0 ? 'Verdict on the last ' + seconds + ' s' : 'Verdict');
  say('verdict-sentence', verdict.sentence);
  const advice = at('verdict-advice');
  advice.hidden = !verdict.advice;
  if (verdict.advice) say('verdict-advice', 'What would help: ' + verdict.advice);
  const parts = [];
  if (run.isRunning && busyStage >= 0) {
    parts.push('Right now ' + stages[busyStage].name + ' holds the work' + (waitsFor ? ', and waits for ' + waitsFor : ''));
  } else if (run.isRunning && waitsFor) {
    parts.push('It has not begun: it waits for ' + waitsFor);
  }
  if (verdict.stage >= 0) parts.push('sureness ' + words.percent(verdict.sureness));
  if (run.isRunning && verdict.whole) parts.push('since the start: ' + verdict.whole);
  if (!run.isRunning) parts.push(error ? 'It ended with: ' + error : 'It is ' + STATES[run.facts.state]);
  say('verdict-now', parts.join(' · '));
}

async function fetchHistory(run) {
  run.hasHistory = true;
  try {
    const answer = await fetch('history?run=' + run.id, { cache: 'no-store' });
    if (answer.ok) run.addHistory(await answer.json());
  } catch {
    // What this page sees itself is enough.
  }
}

function renderMemory(memory) {
  say('memory-heap', words.bytes(memory.heap) + ' of ' + words.bytes(memory.heapMax));
  say('memory-direct', words.bytes(memory.direct));
  say('memory-resident', memory.resident > 0 ? words.bytes(memory.resident) : 'not told here');
}

// What a screen reader is told, seldom: another verdict, another state, another run.

let announced = '';
let announcedAt = -Infinity;

function announce(run) {
  const { verdict, state, name } = run.facts;
  const key = run.id + '/' + state + '/' + verdict.stage;
  if (key === announced || performance.now() - announcedAt < ANNOUNCE_MILLIS) return;
  announced = key;
  announcedAt = performance.now();
  say('announcer', name + ', ' + STATES[state] + '. ' + verdict.sentence + (verdict.advice ? '. ' + verdict.advice : ''));
}

// The connection.

function render() {
  if (!model.snapshot) return;
  select();
  renderList();
  renderMemory(model.snapshot.memory);
  say('pid', String(model.snapshot.pid));
  const run = selected === null ? null : model.runs.get(selected);
  at('empty').hidden = Boolean(run);
  at('run').hidden = !run;
  if (!run) {
    document.title = 'Highwater';
    return;
  }
  renderRun(run);
  announce(run);
}

function connection(state, text) {
  at('connection').dataset.state = state;
  document.body.dataset.connection = state;
  say('connection-text', text);
}

function take(event) {
  model.update(JSON.parse(event.data));
  render();
}

function overWords(states) {
  if (states.length === 1 && states[0] !== 'running') return STATES[states[0]];
  const parts = Object.keys(STATES)
    .map((state) => [state, states.filter((one) => one === state).length])
    .filter(([, number]) => number > 0)
    .map(([state, number]) => number + ' ' + state);
  return parts.length ? 'the view was closed: ' + parts.join(', ') : 'the view was closed';
}

const events = new EventSource('events');
events.addEventListener('message', (event) => {
  connection('live', 'live');
  take(event);
});
events.addEventListener('last', (event) => {
  events.close();
  take(event);
  connection('over', overWords([...model.runs.values()].map((run) => run.facts.state)));
});
events.addEventListener('trouble', (event) => connection('lost', 'no figures: ' + event.data));
events.addEventListener('error', () => {
  if (events.readyState !== EventSource.CLOSED) connection('lost', 'connection lost: this is the last state');
  else connection('lost', 'the process has ended, or has enough viewers');
});
takeHash();
