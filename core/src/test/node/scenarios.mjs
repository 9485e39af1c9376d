// Random scenarios, family by family. The same name and seed give the same scenario for ever: a change here means new
// recordings.
import { Random } from './random.mjs';

const LAST_TURN = 200;

const when = (r) => r.pick('sync', 'sync', 'tick', 1, 1, 2, 3);
const size = (r) => r.pick(1, 2, 3, 5, 8, 13, 20);
const mark = (r, objectMode) => (objectMode ? r.int(0, 4) : r.pick(0, 1, 4, 8, 16, 32));
const errorName = (r) => `E${r.int(1, 9)}`;
const maybeError = (r, probability) => (r.chance(probability) ? { error: errorName(r) } : {});
const completion = (r, failing) => ({ after: when(r), ...maybeError(r, failing) });
const life = (r) => ({ emitClose: !r.chance(0.1), autoDestroy: !r.chance(0.12) });

const sink = (r, failing) => ({ writev: r.chance(0.35), sink: r.some(1, 4, () => completion(r, failing)) });
const final = (r, failing, probability = 0.4) => (r.chance(probability) ? { final: completion(r, failing) } : {});

function source(r, failing, ending = 0.85) {
  const steps = r.some(0, 7, () => ({ after: when(r), push: r.some(1, 3, () => size(r)), ...maybeError(r, failing) }));
  if (r.chance(ending)) steps.push({ after: when(r), end: true });
  return steps;
}

const twoMarks = (r, objectMode) => ({
  readableHighWaterMark: mark(r, objectMode),
  writableHighWaterMark: mark(r, objectMode),
});

function writable(r, id, objectMode, failing) {
  const head = { id, type: 'writable', objectMode, highWaterMark: mark(r, objectMode), ...life(r) };
  return { ...head, ...sink(r, failing), ...final(r, failing) };
}

function readable(r, id, objectMode, failing) {
  const head = { id, type: 'readable', objectMode, highWaterMark: mark(r, objectMode), ...life(r) };
  return { ...head, source: source(r, failing) };
}

function transform(r, id, objectMode, failing) {
  const step = () => ({ after: when(r), out: r.pick('same', 'same', 'twice', 'halves', 'none'), ...maybeError(r, failing) });
  const flush = () => ({ after: when(r), push: r.some(0, 2, () => size(r)), ...maybeError(r, failing) });
  const head = { id, type: 'transform', objectMode, ...twoMarks(r, objectMode), ...life(r) };
  return { ...head, steps: r.some(1, 4, step), ...(r.chance(0.4) ? { flush: flush() } : {}) };
}

function duplex(r, id, objectMode, failing) {
  const head = { id, type: 'duplex', objectMode, allowHalfOpen: r.chance(0.6), ...twoMarks(r, objectMode), ...life(r) };
  return { ...head, ...sink(r, failing), ...final(r, failing), source: source(r, failing) };
}

const makers = { w: writable, r: readable, t: transform, d: duplex };
const oneOf = (r, kinds, objectMode, failing) => {
  const id = r.pick(...kinds);
  return makers[id](r, id, objectMode, failing);
};

const isReadable = (spec) => spec.type !== 'writable';
const isWritable = (spec) => spec.type !== 'readable';
const hasFeed = (spec) => spec.type === 'readable' || spec.type === 'duplex';

function destroyOp(r, on, turn) {
  return { turn, do: 'destroy', on, ...maybeError(r, 0.5) };
}

/** Between `low` and `high` things done to the writable side of `on`, from turn 0 to `last`. */
function writing(r, on, low, high, last) {
  return r.some(low, high, () => {
    const turn = r.int(0, last);
    switch (r.pick('write', 'write', 'write', 'write', 'until', 'cork', 'uncork', 'end', 'destroy')) {
      case 'until': return { turn, do: 'writeUntilFull', on, size: size(r), max: r.int(1, 5) };
      case 'cork': return { turn, do: 'cork', on };
      case 'uncork': return { turn, do: 'uncork', on };
      case 'end': return { turn: r.int(last >> 1, last), do: 'end', on, ...(r.chance(0.4) ? { size: size(r) } : {}) };
      case 'destroy': if (r.chance(0.4)) return destroyOp(r, on, turn);
      default: return { turn, do: 'write', on, size: size(r) };
    }
  });
}

/** One way of reading `on`, and a few things that disturb it. */
function reading(r, on, last, feed) {
  const listen = { turn: r.int(0, 2), on };
  const ways = [
    [],
    [{ ...listen, do: 'onData' }],
    [{ ...listen, do: 'onData' }],
    [{ ...listen, do: 'onData', pauseFor: r.int(1, 3) }],
    [{ ...listen, do: 'onReadable', all: true }],
    [{ ...listen, do: 'onReadable', ...(r.chance(0.5) ? { size: size(r) } : {}) }],
  ];
  const extra = r.some(0, 4, () => {
    const turn = r.int(0, last);
    switch (r.pick('read', 'read', 'read', 'pause', 'resume', 'destroy', ...(feed ? ['push', 'pushEnd', 'unshift'] : []))) {
      case 'pause': return { turn, do: 'pause', on };
      case 'resume': return { turn, do: 'resume', on };
      case 'push': return { turn, do: 'push', on, size: size(r) };
      case 'unshift': return { turn, do: 'unshift', on, size: size(r) };
      case 'pushEnd': return { turn: r.int(last >> 1, last), do: 'pushEnd', on };
      case 'destroy': if (r.chance(0.4)) return destroyOp(r, on, turn);
      default: return { turn, do: 'read', on, ...(r.chance(0.5) ? { size: size(r) } : {}) };
    }
  });
  return [...r.pick(...ways), ...extra];
}

function using(r, spec, last) {
  return [
    ...(isWritable(spec) ? writing(r, spec.id, 1, 7, last) : []),
    ...(isReadable(spec) ? reading(r, spec.id, last, hasFeed(spec)) : []),
  ];
}

// ---------------------------------------------------------------- the families

function construct(r) {
  const spec = oneOf(r, 'wwrrdt', r.chance(0.25), 0.03);
  spec.construct = r.pick(
    { after: when(r) },
    { after: when(r) },
    { after: r.int(1, 5) },
    { after: r.int(1, 5) },
    { after: when(r), error: errorName(r) },
    { after: r.int(1, 5), error: errorName(r) },
    { after: when(r), again: when(r), ...maybeError(r, 0.3) },
    { after: 'never', throws: errorName(r) },
    { after: 'never' },
  );
  if (r.chance(0.4)) spec.destroy = completion(r, 0.2);
  const early = r.some(0, 2, () => destroyOp(r, spec.id, r.int(0, 4))).slice(0, r.chance(0.3) ? 2 : 0);
  return { streams: [spec], ops: [...using(r, spec, 6), ...early, ...watching(r, [spec], 0, 1)] };
}

function watching(r, specs, low, high) {
  const asked = () => (r.chance(0.35) ? { [r.pick('readable', 'writable', 'error')]: r.chance(0.3) } : {});
  return r.some(low, high, (i) => {
    const options = { ...asked(), ...asked() };
    const watch = { turn: r.pick(0, 0, 1, 3, 6, 10, 20), do: 'finished', on: r.pick(...specs).id, as: i + 1 };
    return Object.keys(options).length ? { ...watch, options } : watch;
  });
}

function finished(r) {
  const spec = oneOf(r, 'wrddt', r.chance(0.25), 0.06);
  if (r.chance(0.2)) spec.destroy = completion(r, 0.2);
  const watches = watching(r, [spec], 1, 5);
  const forgets = watches
    .filter(() => r.chance(0.25))
    .map(({ turn, on, as }) => ({ turn: turn + r.int(0, 4), do: 'forget', on, as }));
  return { streams: [spec], ops: [...using(r, spec, 8), ...watches, ...forgets] };
}

function aliens(r, spec, last) {
  const ways = ['write', 'write'];
  if (!spec.objectMode) ways.push('end');
  const read = spec.objectMode || !hasFeed(spec) ? [] : ['push', 'unshift'];
  const how = [...(isWritable(spec) ? ways : []), ...read];
  if (how.length === 0) return [];
  return r.some(0, 2, () => ({ turn: r.int(0, last), do: 'alien', on: spec.id, how: r.pick(...how) }));
}

function throws(r) {
  const spec = oneOf(r, 'wwrrdt', r.chance(0.3), 0.08);
  const { id } = spec;
  // Instead of an acknowledgement, or before it: what throws after it, Highwater never loses.
  const thrown = () => ({ after: r.pick('never', 'tick', 1, 2), throws: errorName(r) });
  if (isWritable(spec) && spec.type !== 'transform' && r.chance(0.5)) spec.final = thrown();
  if (spec.type === 'transform' && r.chance(0.6)) spec.flush = { push: r.some(0, 2, () => size(r)), ...thrown() };
  if (hasFeed(spec) && spec.source.length > 0 && r.chance(0.6)) {
    Object.assign(r.pick(...spec.source), { throws: errorName(r) }, r.chance(0.3) ? { after: 'never' } : {});
  }
  if (r.chance(0.15)) spec.construct = { after: 'never', throws: errorName(r) };
  if (r.chance(0.4)) spec.destroy = r.pick({ after: 'never', throws: errorName(r) }, completion(r, 0.5));
  if (isWritable(spec) && spec.type !== 'transform' && r.chance(0.25)) {
    const step = r.pick(...spec.sink);
    // Of a call that has failed, the first reason stays here and the second one wins in Node.
    if (!step.error) step.again = when(r);
  }
  const ends = isWritable(spec) && r.chance(0.7) ? [{ turn: r.int(3, 8), do: 'end', on: id }] : [];
  return { streams: [spec], ops: [...using(r, spec, 8), ...aliens(r, spec, 8), ...ends, ...watching(r, [spec], 0, 1)] };
}

function reaction(r, from, targets) {
  const target = r.pick(...targets).id, other = r.pick(...targets).id;
  const turn = r.int(0, 3);
  const [on, event] = r.pick([target, 'error'], [target, 'unpipe'], [target, 'drain'], [target, 'close'], [from, 'pause'], [from, 'end']);
  const then = r.pick(
    { do: 'pipe', on: from, to: other, end: true },
    { do: 'unpipe', on: from, to: other },
    { do: 'unpipe', on: from },
    { do: 'write', on: other, size: size(r) },
    { do: 'end', on: other },
    destroyOp(r, other, 0),
  );
  return { turn, do: 'react', on, event, then: { turn, ...then } };
}

function pipes(r) {
  const objectMode = r.chance(0.25), through = r.chance(0.3);
  const first = readable(r, 'r', objectMode, 0.02), last = through ? transform(r, 't', objectMode, 0.03) : first;
  const targets = r.some(2, 4, (i) => writable(r, 'wxyz'[i], objectMode, r.chance(0.5) ? 0.25 : 0));
  // A target of another kind of chunk throws at the write.
  if (objectMode && r.chance(0.4)) Object.assign(r.pick(...targets), { objectMode: false, highWaterMark: mark(r, false) });
  if (r.chance(0.2)) r.pick(...targets).construct = { after: r.int(1, 4), ...maybeError(r, 0.4) };
  const from = last.id;
  const ops = through ? [{ turn: 0, do: 'pipe', on: 'r', to: 't', end: true }] : [];
  for (const { id } of targets) ops.push({ turn: r.pick(0, 0, 0, 1, 3), do: 'pipe', on: from, to: id, end: !r.chance(0.2) });
  ops.push(...r.some(0, 5, () => {
    const turn = r.int(1, 9), to = r.pick(...targets).id;
    return r.pick(
      { turn, do: 'unpipe', on: from, to },
      { turn, do: 'unpipe', on: from },
      { turn, do: 'pipe', on: from, to, end: !r.chance(0.2) },
      { turn, do: 'pipe', on: from, to, end: true },
      destroyOp(r, to, turn),
      destroyOp(r, to, turn),
      { turn, do: 'end', on: to },
      { turn, do: 'write', on: to, size: size(r) },
      { turn, do: 'pause', on: from },
      { turn, do: 'resume', on: from },
    );
  }));
  ops.push(...r.some(0, 2, () => reaction(r, from, targets)));
  const streams = [first, ...(through ? [last] : []), ...targets];
  return { streams, ops: [...ops, ...watching(r, streams, 0, 1)] };
}

// What kills a stream has a turn of its own: whether a chunk of that turn is still given is a matter of microtasks.
const asking = (r, low, high) => 4 * r.int(low, high);
const killing = (r, low, high) => 4 * r.int(low, high) + 1;
const feeding = (r, low, high) => 4 * r.int(low, high) + 2;

function iterating(r, spec, as, first) {
  const on = spec.id;
  const iterate = { turn: 4 * first, do: 'iterate', on, as };
  const stays = r.chance(0.35);
  if (stays || r.chance(0.3)) iterate.destroyOnReturn = !stays;
  const ops = [iterate];
  if (r.chance(0.5)) iterate.every = 4 * r.int(1, 2);
  else ops.push(...r.some(2, 9, () => ({ turn: asking(r, first, 9), do: 'next', on, as })));
  if (r.chance(0.5)) {
    const leave = { turn: killing(r, first, 8), do: 'return', on, as };
    // An error thrown into the iterator looks at other options than one that leaves a loop.
    ops.push(stays || !spec.autoDestroy || r.chance(0.7) ? leave : { ...leave, do: 'throw', error: errorName(r) });
  }
  return ops;
}

function iteration(r) {
  const spec = oneOf(r, 'rrrrdt', r.chance(0.4), 0);
  const { id } = spec;
  if (spec.source && r.chance(0.25)) spec.source.splice(r.int(0, spec.source.length), 1, { after: r.pick(1, 5), error: errorName(r) });
  const ops = iterating(r, spec, 1, r.int(0, 2));
  if (r.chance(0.3)) ops.push(...iterating(r, spec, 2, r.int(0, 6)));
  if (isWritable(spec)) ops.push(...writing(r, id, 2, 7, 8).map((op) => ({ ...op, turn: 4 * op.turn + (op.do === 'destroy' ? 1 : 2) })));
  ops.push(...r.some(0, 3, () => {
    const turn = feeding(r, 0, 8);
    switch (r.pick('destroy', 'read', ...(hasFeed(spec) ? ['push', 'push', 'unshift', 'pushEnd'] : []))) {
      case 'destroy': return destroyOp(r, id, killing(r, 1, 8));
      case 'read': return { turn, do: 'read', on: id };
      case 'unshift': return { turn, do: 'unshift', on: id, size: size(r) };
      case 'pushEnd': return { turn, do: 'pushEnd', on: id };
      default: return { turn, do: 'push', on: id, size: size(r) };
    }
  }));
  return { tells: 'turns', streams: [spec], ops: [...ops, ...watching(r, [spec], 0, 1)] };
}

// All calls fail with one error: which of two that failed is told, the first in time or in order, is a matter of taste.
function calls(r, prompt, failing) {
  const call = () => ({ after: prompt ? 'sync' : r.pick(1, 1, 2, 3, 4), ...(r.chance(failing) ? { error: 'E0' } : {}) });
  return { calls: r.some(1, 5, call) };
}

function calledTogether(r, failing) {
  const mark = r.chance(0.3) ? { highWaterMark: r.int(0, 5) } : {};
  return { ...calls(r, false, failing), concurrency: r.int(1, 4), ...mark };
}

/** The user's function and how often it is called at once. */
const called = (r, failing) => (r.chance(0.4) ? calls(r, true, failing) : calledTogether(r, failing));

const someChunks = (r) => ({ modulo: r.int(2, 4), rest: r.int(0, 1) });
const allChunks = { modulo: 1, rest: 0 };
const noChunk = { modulo: 1, rest: 1 };

function operator(r, calm, failing) {
  switch (r.pick('map', 'map', 'filter', 'flatMap', 'drop', ...(calm ? [] : ['take', 'take']))) {
    case 'map': return { with: 'map', ...called(r, failing) };
    case 'filter': return { with: 'filter', ...calls(r, true, failing), ...someChunks(r) };
    case 'flatMap': return { with: 'flatMap', ...calls(r, true, failing) };
    case 'drop': return { with: 'drop', count: r.int(0, 5) };
    default: return { with: 'take', count: r.int(1, 5) };
  }
}

function terminal(r, calm, failing) {
  const kind = r.pick('forEach', 'toArray', 'some', 'every', 'find', 'reduce');
  switch (kind) {
    case 'toArray': return { with: kind };
    case 'forEach': return { with: kind, ...called(r, failing) };
    case 'reduce': return { with: kind, ...calls(r, true, failing) };
    default: return { with: kind, ...called(r, failing), ...(!calm ? someChunks(r) : kind === 'every' ? allChunks : noChunk) };
  }
}

/** Applies `steps` one to the other, then a consumer of chunks or a terminal, and tells the id of the last. */
function chained(r, ops, steps, last) {
  let on = 'r';
  steps.forEach((step, i) => {
    ops.push({ turn: 0, do: 'operate', on, as: `o${i + 1}`, ...step });
    on = `o${i + 1}`;
  });
  if (last) ops.push({ turn: r.int(0, 1), do: 'operate', on, as: 'v', ...last });
  else ops.push({ turn: r.int(0, 2), do: 'onData', on, ...(r.chance(0.6) ? { pauseFor: r.int(1, 3) } : {}) });
  return last ? 'v' : on;
}

/** With a mark of 0 it is a matter of microtasks whether the second of two demands asks at once. */
const objects = (r, script) => ({ ...readable(r, 'r', true, 0), highWaterMark: r.int(1, 4), source: script });

/** Nothing fails or ends early: every turn is told. */
function calmOperators(r) {
  const streams = [objects(r, source(r, 0))], ops = [];
  const steps = r.some(0, 2, () => operator(r, true, 0));
  chained(r, ops, steps, steps.length === 0 || r.chance(0.5) ? terminal(r, true, 0) : undefined);
  return { tells: 'turns', streams, ops };
}

/** How many chunks are taken in vain is a matter of microtasks: of those that end early or fail the outcome is told. */
function wildOperators(r) {
  const failing = r.chance(0.5) ? 0.12 : 0;
  const spec = { ...objects(r, source(r, 0, 1)), emitClose: true, autoDestroy: true };
  if (r.chance(0.3)) spec.source.splice(r.int(0, spec.source.length), 1, { after: r.int(1, 3), error: errorName(r) });
  const ops = [];
  const steps = r.some(0, 2, () => operator(r, false, failing));
  const outcome = chained(r, ops, steps, steps.length === 0 || r.chance(0.5) ? terminal(r, false, failing) : undefined);
  if (r.chance(0.25)) ops.push(destroyOp(r, 'r', r.int(3, 9)));
  return { tells: 'outcome', outcome, streams: [spec], ops };
}

/** What is one operator of Node's and two of Highwater's, with a chunk more between them: the order is told. */
function pairedOperators(r) {
  const spec = { ...objects(r, source(r, 0, 1)), emitClose: true, autoDestroy: true };
  const failing = r.chance(0.4) ? 0.1 : 0, ops = [];
  const step = { with: r.pick('filter', 'flatMap'), ...calledTogether(r, failing) };
  if (step.with === 'filter') Object.assign(step, someChunks(r));
  const last = r.pick(undefined, { with: 'toArray' }, { with: 'reduce', ...calls(r, true, 0) });
  const outcome = chained(r, ops, [step], last);
  return { tells: 'order', outcome, streams: [spec], ops };
}

const operators = (r) => r.pick(calmOperators, calmOperators, wildOperators, wildOperators, pairedOperators)(r);

export const families = { construct, finished, throws, pipes, iteration, operators };

export function scenario(family, seed, attempt = 0) {
  const { tells, outcome, streams, ops } = families[family](new Random(`${family} ${seed} ${attempt}`));
  ops.sort((one, other) => one.turn - other.turn);
  return { id: `${family}-${seed}`, family, turns: LAST_TURN, tells, outcome, streams, ops };
}
