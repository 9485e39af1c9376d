// One scenario played on Node's streams, and the trace it leaves.
import { Clock } from './clock.mjs';
import { Chunks, name, show } from './data.mjs';
import { iterationOps } from './iterate.mjs';
import { ops as plainOps } from './ops.mjs';
import { open } from './streams.mjs';

const ops = { ...plainOps, ...iterationOps };

class Play {
  trace = [];
  dataListeners = {};
  watches = {};
  iterations = {};
  #parts = new Map();

  /** The lines of this macrotask. */
  #lines = [];

  constructor(scenario, backwards) {
    this.scenario = scenario;
    this.clock = new Clock(backwards);
  }

  log(line) {
    if (!this.#tellsOutcome || subject(line) === this.scenario.outcome) this.#lines.push(line);
  }

  spec = (id) => this.#parts.get(id).spec;
  stream = (id) => this.#parts.get(id).stream;
  chunks = (id) => this.#parts.get(id).chunks;

  push(stream, id, chunk) {
    const more = stream.push(chunk);
    this.log(`${id}.push(${show(chunk)})${this.#isCoarse ? '' : ` > ${more}`}`);
  }

  perform(op) {
    try {
      ops[op.do](this, op, op.on && this.stream(op.on));
    } catch (error) {
      this.log(`${op.on}.${op.do} threw ${name(error)}`);
    }
  }

  async run() {
    await this.clock.once(() => this.scenario.streams.forEach((spec) => this.#enter(spec)));
    const turns = Map.groupBy(this.scenario.ops, (op) => op.turn);
    for (const [turn, together] of turns) {
      this.clock.at(turn, () => together.forEach((op) => this.perform(op)));
    }
    await this.clock.run(this.scenario.turns, (endsTurn) => {
      if (!this.#isCoarse || endsTurn) this.#tell();
    });
    if (this.#tellsOutcome) this.#lives();
    return this.trace;
  }

  get #isCoarse() {
    return this.scenario.tells !== undefined;
  }

  get #tellsOutcome() {
    return this.scenario.outcome !== undefined;
  }

  /** Moves what has happened since the last time into the trace. */
  #tell() {
    // Sorting is stable: each subject's lines stay in order.
    if (this.#isCoarse) this.#lines.sort((one, other) => compare(subject(one), subject(other)));
    for (const line of this.#lines) this.#add(line);
    this.#lines = [];
    if (!this.#tellsOutcome) this.#observe();
  }

  #add(line) {
    this.trace.push(this.scenario.tells === 'order' ? line : `${this.clock.turn} ${line}`);
  }

  #enter(spec) {
    this.watch(spec, open(this, spec));
  }

  /** Takes a stream among those that are observed. */
  watch(spec, stream) {
    const { id } = spec;
    this.#parts.set(id, { spec, stream, chunks: new Chunks(id, spec.objectMode), line: '' });
    for (const event of ['close', 'drain', 'end', 'finish', 'pause', 'resume']) {
      stream.on(event, () => this.log(`${id}!${event}`));
    }
    stream.on('error', (error) => this.log(`${id}!error ${name(error)}`));
    for (const event of ['pipe', 'unpipe']) stream.on(event, (from) => this.log(`${id}!${event} ${this.#idOf(from)}`));
  }

  #idOf(stream) {
    return [...this.#parts].find(([, part]) => part.stream === stream)?.[0];
  }

  /** Logs the line of each stream that is not what it was after the last macrotask. */
  #observe() {
    for (const [id, part] of this.#parts) {
      const line = `${id}{${state(part.stream)}}`;
      if (line === part.line) continue;
      part.line = line;
      this.#add(line);
    }
  }

  /** Tells which streams are released in the end. */
  #lives() {
    for (const [id, { stream: { closed } }] of this.#parts) this.trace.push(`${id} is ${closed ? 'closed' : 'open'}`);
  }
}

const compare = (one, other) => (one < other ? -1 : one > other ? 1 : 0);

/** What a line is about: the name at its beginning. */
const subject = (line) => line.match(/^\w*/)[0];

const flags = (facts) => Object.keys(facts).filter((fact) => facts[fact]).join(' ');

function state(s) {
  const sides = [];
  if (s.writableLength !== undefined) {
    const facts = { needDrain: s.writableNeedDrain, corked: s.writableCorked > 0, ended: s.writableEnded };
    sides.push(`w=${s.writableLength} ${flags({ ...facts, finished: s.writableFinished })}`.trimEnd());
  }
  if (s.readableLength !== undefined) {
    sides.push(`r=${s.readableLength} flowing=${s.readableFlowing} ${flags({ ended: s.readableEnded })}`.trimEnd());
  }
  return `${sides.join('; ')}; ${flags({ destroyed: s.destroyed, closed: s.closed, errored: s.errored })}`;
}

/** Plays `scenario` and gives its trace; `backwards` turns the order of the macrotasks of a turn round. */
export function play(scenario, backwards = false) {
  return new Play(scenario, backwards).run();
}
