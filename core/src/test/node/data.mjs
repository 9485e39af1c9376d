// What the streams carry, and how the trace shows it.

/** One stream's chunks: bytes that count up from its id's first character, or integers that count up from 0. */
export class Chunks {
  #next = 0;

  constructor(id, objectMode) {
    this.salt = id.charCodeAt(0);
    this.objectMode = objectMode;
  }

  take(size) {
    if (this.objectMode) return this.#next++;
    return Buffer.from(Array.from({ length: size }, () => (this.salt + this.#next++) & 0xff));
  }
}

function fnv1a(bytes) {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

export function show(chunk) {
  if (chunk === null || chunk === undefined) return 'null';
  return Buffer.isBuffer(chunk) ? `${chunk.length}:${fnv1a(chunk)}` : `#${chunk}`;
}

/** An outcome: Node's code, or the message of an error without one, or `ok`. */
export const name = (error) => (error ? error.code ?? error.message : 'ok');
