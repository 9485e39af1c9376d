// Time as a number of turns: one macrotask at a time, and whatever it queued with nextTick or a promise before the next.
export class Clock {
  turn = 0;

  /** With `backwards`, of two macrotasks of one turn the later made runs first. */
  constructor(backwards = false) {
    this.order = backwards ? -1 : 1;
  }

  #entries = [];
  #made = 0;

  at(turn, task) {
    this.#entries.push({ turn, made: this.#made++, task });
  }

  /** Does `task` when `after` says: inside the call, in a tick, some turns later, or never. */
  later(after, task) {
    if (after === 'sync') task();
    else if (after === 'tick') process.nextTick(task);
    else if (after !== 'never') this.at(this.turn + after, task);
  }

  #next(last) {
    let first = 0;
    for (let i = 1; i < this.#entries.length; i++) {
      const one = this.#entries[i], best = this.#entries[first];
      if (one.turn < best.turn || (one.turn === best.turn && (one.made - best.made) * this.order < 0)) first = i;
    }
    if (this.#entries.length === 0 || this.#entries[first].turn > last) return undefined;
    return this.#entries.splice(first, 1)[0];
  }

  /**
   * Runs macrotasks until none is left or the turn passes `last`; `afterEach` looks at what one of them has done, and is told
   * whether it was the last of its turn.
   */
  async run(last, afterEach) {
    for (let entry; (entry = this.#next(last)) !== undefined;) {
      this.turn = entry.turn;
      await this.once(entry.task);
      afterEach(!this.#entries.some(({ turn }) => turn === this.turn));
    }
  }

  /** Runs one macrotask, and every tick and promise that it caused. */
  once(task) {
    return new Promise((done) => setImmediate(() => {
      setImmediate(done);
      task();
    }));
  }
}
