// Chunks taken one by one, and operators. What Node does in microtasks comes in turns here: whoever goes on because of an
// answer does so in a later macrotask, and the lines of a macrotask are given subject by subject.
import { name, show } from './data.mjs';

/** One iterator of a stream, asked now and then; only its answers up to the first end or failure are told. */
class Iteration {
  #open = 0;
  #leave = null;
  #over = false;
  #asked = false;

  constructor(play, op, stream) {
    this.play = play;
    this.label = `${op.on}${op.as}`;
    this.every = op.every;
    const options = op.destroyOnReturn === undefined ? undefined : { destroyOnReturn: op.destroyOnReturn };
    this.iterator = stream.iterator(options);
    if (this.every) this.next();
  }

  next() {
    if (this.#over || this.#leave) return;
    this.#open++;
    this.#asked = true;
    this.play.log(`${this.label}.next()`);
    this.iterator.next().then(
      ({ done, value }) => this.#answered(done, done ? 'end' : show(value)),
      (error) => this.#answered(true, name(error)),
    );
  }

  #answered(last, words) {
    this.#open--;
    if (this.#over) return;
    this.play.log(`${this.label} > ${words}`);
    this.#over = last;
    if (last) return;
    if (this.#open === 0 && this.#leave) this.play.clock.later(1, this.#leave);
    else if (this.every) this.play.clock.later(this.every, () => this.next());
  }

  /** Leaves, by `return` or `throw`, once no question is open; an iterator that nobody has asked is left alone. */
  leave(verb, ...words) {
    if (this.#over || this.#leave || !this.#asked) return;
    this.#leave = () => {
      if (this.#over) return;
      this.#over = true;
      this.play.log(`${this.label}.${verb}(${words.map(name).join('')})`);
      this.iterator[verb](...words).catch(() => {});
    };
    if (this.#open === 0) this.#leave();
  }
}

/** The user's function of an operator, whose calls settle as the rotation says. */
function scripted(play, op, result) {
  let calls = 0;
  const outcome = (chunk, error) => {
    play.log(`${op.as}_settled(${show(chunk)}) ${error ?? 'ok'}`);
    if (error) throw new Error(error);
    return result(chunk);
  };
  return (chunk) => {
    play.log(`${op.as}_called(${show(chunk)})`);
    const { after, error } = op.calls[calls++ % op.calls.length];
    // Without a promise, where the user's function needs none.
    if (after === 'sync') return outcome(chunk, error);
    return new Promise((resolve, reject) => play.clock.later(after, () => {
      try {
        resolve(outcome(chunk, error));
      } catch (thrown) {
        reject(thrown);
      }
    }));
  };
}

const accepts = (op) => (chunk) => chunk % op.modulo === op.rest;
const options = ({ concurrency, highWaterMark }) => ({ concurrency, highWaterMark });

/** Those that make a stream. */
const operators = {
  map: (play, op, s) => s.map(scripted(play, op, (chunk) => chunk + 100), options(op)),
  filter: (play, op, s) => s.filter(scripted(play, op, accepts(op)), options(op)),
  flatMap: (play, op, s) =>
    s.flatMap(scripted(play, op, (chunk) => Array.from({ length: chunk % 3 }, (_, i) => chunk * 10 + i)), options(op)),
  drop: (_play, op, s) => s.drop(op.count),
  take: (_play, op, s) => s.take(op.count),
};

/** Those that make a value. */
const terminals = {
  forEach: (play, op, s) => s.forEach(scripted(play, op, () => undefined), options(op)).then(() => 'done'),
  toArray: (_play, _op, s) => s.toArray().then((chunks) => `[${chunks.map(show).join(' ')}]`),
  some: (play, op, s) => s.some(scripted(play, op, accepts(op)), options(op)),
  every: (play, op, s) => s.every(scripted(play, op, accepts(op)), options(op)),
  find: (play, op, s) => s.find(scripted(play, op, accepts(op)), options(op)).then((chunk) => (chunk === undefined ? 'none' : show(chunk))),
  reduce: (play, op, s) => {
    const call = scripted(play, op, (chunk) => chunk);
    return s.reduce((sum, chunk) => sum + call(chunk), 0).then(show);
  },
};

export const iterationOps = {
  iterate(play, op, stream) {
    play.iterations[`${op.on}${op.as}`] = new Iteration(play, op, stream);
  },
  next: (play, op) => play.iterations[`${op.on}${op.as}`]?.next(),
  return: (play, op) => play.iterations[`${op.on}${op.as}`]?.leave('return'),
  throw: (play, op) => play.iterations[`${op.on}${op.as}`]?.leave('throw', new Error(op.error)),
  operate(play, op, stream) {
    play.log(`${op.on}.${op.with}()`);
    const make = operators[op.with];
    if (make) {
      play.watch({ id: op.as }, make(play, op, stream));
      return;
    }
    terminals[op.with](play, op, stream).then(
      (value) => play.log(`${op.as} = ${value}`),
      (error) => play.log(`${op.as} failed ${name(error)}`),
    );
  },
};
