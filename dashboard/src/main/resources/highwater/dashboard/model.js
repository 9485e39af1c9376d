// What the page knows of each run: the newest snapshot, the few before it for rates, and five minutes of moments.

const MOMENTS_MAX = 600;
const RECENT_MAX = 4;
const WINDOW_NANOS = 0.95e9;

/** One run. Everything in it comes from the process and is data: names are only ever shown as text. */
export class RunModel {
  constructor(id) {
    this.id = id;
    this.moments = [];
    this.recent = [];
    this.hasHistory = false;
  }

  /** Takes a newer snapshot of the run. */
  update(facts) {
    const last = this.facts;
    this.facts = facts;
    if (last && facts.elapsedNanos <= last.elapsedNanos) return;
    this.recent.push(facts);
    if (this.recent.length > RECENT_MAX) this.recent.shift();
    this.addMoment({
      elapsed: facts.elapsedNanos / 1e9,
      bytes: facts.stages.at(-1).bytesIn,
      chunks: facts.stages.at(-1).chunksIn,
      busy: facts.stages.map((stage) => stage.busyNanos),
    });
  }

  addMoment(moment) {
    this.moments.push(moment);
    if (this.moments.length > MOMENTS_MAX) this.moments.shift();
  }

  /** Puts what the server remembers before what this page has seen itself. */
  addHistory(history) {
    this.hasHistory = true;
    const first = this.moments.length ? this.moments[0].elapsed : Infinity;
    const earlier = [];
    for (let i = 0; i < history.elapsedNanos.length; i++) {
      const elapsed = history.elapsedNanos[i] / 1e9;
      if (elapsed >= first || (earlier.length && elapsed <= earlier.at(-1).elapsed)) continue;
      earlier.push({
        elapsed,
        bytes: history.bytes[i],
        chunks: history.chunks[i],
        busy: history.busyNanos.map((column) => column[i]),
      });
    }
    this.moments = [...earlier, ...this.moments].slice(-MOMENTS_MAX);
  }

  get isRunning() {
    return this.facts.state === 'running';
  }

  /** The snapshot that rates and shares begin at: a second ago, or the beginning once the run is over. */
  get base() {
    if (!this.isRunning) return null;
    const until = this.facts.elapsedNanos - WINDOW_NANOS;
    let base = this.recent[0] === this.facts ? null : this.recent[0];
    for (const snapshot of this.recent) if (snapshot.elapsedNanos <= until) base = snapshot;
    return base;
  }

  /** How each stage spent the last second, as shares of one; of the whole run once it is over. */
  shares() {
    const base = this.base;
    return this.facts.stages.map((stage, i) => {
      const before = base ? base.stages[i] : { busyNanos: 0, starvedNanos: 0, blockedNanos: 0 };
      const busy = Math.max(0, stage.busyNanos - before.busyNanos);
      const starved = Math.max(0, stage.starvedNanos - before.starvedNanos);
      const blocked = Math.max(0, stage.blockedNanos - before.blockedNanos);
      const all = busy + starved + blocked;
      if (all === 0) return { busy: 0, starved: 0, blocked: 0, most: 'idle' };
      const shares = { busy: busy / all, starved: starved / all, blocked: blocked / all };
      shares.most = ['busy', 'starved', 'blocked'].reduce((most, name) => (shares[name] > shares[most] ? name : most));
      return shares;
    });
  }

  /** What crossed the border behind each stage a second: bytes, chunks, and how often the next one answered false. */
  moved() {
    const base = this.base;
    const seconds = (this.facts.elapsedNanos - (base ? base.elapsedNanos : 0)) / 1e9;
    const rate = (now, before) => (seconds > 0 ? Math.max(0, now - before) / seconds : 0);
    return this.facts.stages.map((stage, i) => ({
      bytes: rate(stage.bytesOut, base ? base.stages[i].bytesOut : 0),
      chunks: rate(stage.chunksOut, base ? base.stages[i].chunksOut : 0),
      falseAnswers: rate(stage.falseAnswers, base ? base.stages[i].falseAnswers : 0),
    }));
  }

  /** What reaches the target a second. */
  movedIn() {
    const moved = this.moved();
    return moved.length > 1 ? moved.at(-2) : moved[0];
  }

  /** Whether the run moves objects that have no bytes. */
  get countsChunks() {
    const last = this.facts.stages.at(-1);
    return last.bytesIn === 0 && last.chunksIn > 0;
  }
}

/** All runs of the process, in the order of the snapshot. */
export class ProcessModel {
  constructor() {
    this.runs = new Map();
  }

  update(snapshot) {
    this.snapshot = snapshot;
    const runs = new Map();
    for (const facts of snapshot.runs) {
      const run = this.runs.get(facts.id) ?? new RunModel(facts.id);
      run.update(facts);
      runs.set(facts.id, run);
    }
    this.runs = runs;
  }
}
