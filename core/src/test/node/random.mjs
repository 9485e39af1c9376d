/** Numbers from a seed, the same on every machine: xorshift128 over a state that the words of the seed are mixed into. */
export class Random {
  #state = new Uint32Array([0x9e3779b9, 0x243f6a88, 0xb7e15162, 0xdeadbeef]);

  constructor(seed) {
    for (const character of seed) {
      this.#state[0] ^= character.charCodeAt(0);
      this.#step();
    }
    for (let i = 0; i < 16; i++) this.#step();
  }

  #step() {
    const s = this.#state;
    let t = s[3];
    t ^= t << 11;
    t ^= t >>> 8;
    s[3] = s[2];
    s[2] = s[1];
    s[1] = s[0];
    s[0] = t ^ s[0] ^ (s[0] >>> 19);
    return s[0];
  }

  /** A whole number from `low` to `high`, both included. */
  int(low, high) {
    return low + (this.#step() % (high - low + 1));
  }

  chance(probability) {
    return this.#step() < probability * 0x100000000;
  }

  pick(...choices) {
    return choices[this.int(0, choices.length - 1)];
  }

  /** Between `low` and `high` things that `make` makes. */
  some(low, high, make) {
    return Array.from({ length: this.int(low, high) }, (_, i) => make(i));
  }
}
