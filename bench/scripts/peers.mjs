// Node's part of the benchmarks: `node --expose-gc peers.mjs WORK ITEMS WARM-UP-SECONDS SECONDS` prints HEADING = VALUE.
import { readFileSync } from 'node:fs';
import { PassThrough, Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const [work, items, warmUp, seconds] = [process.argv[2], ...process.argv.slice(3).map(Number)];
const CHUNK_BYTES = 64 << 10;

const peak = () => {
  const line = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'));
  console.log(`peak MiB = ${line[1] / 1024}`);
};

const check = (found, expected) => {
  if (found !== expected) throw new Error(`the result is ${found} (expected: ${expected})`);
};

const median = values => values.sort((a, b) => a - b)[values.length >> 1];

/** One buffer, `items` times through four PassThrough streams, linked by pipe. */
const passThrough = () =>
  new Promise((resolve, reject) => {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    let given = 0;
    let taken = 0;
    let stream = new Readable({
      read() {
        this.push(given++ < items ? chunk : null);
      },
    });
    for (let i = 0; i < 4; i++) stream = stream.pipe(new PassThrough()).on('error', reject);
    stream
      .pipe(
        new Writable({
          write(bytes, _encoding, done) {
            taken += bytes.length;
            done();
          },
        }),
      )
      .on('error', reject)
      .on('finish', () => {
        check(taken, items * CHUNK_BYTES);
        resolve();
      });
  });

/** A source that makes a filled chunk whenever it may, and a sink that takes 1 ms for each. */
const slow = async () => {
  let made = 0;
  let consumed = 0;
  let peakChunks = 0;
  const source = new Readable({
    highWaterMark: CHUNK_BYTES,
    read() {
      if (made === items) return void this.push(null);
      const chunk = Buffer.alloc(CHUNK_BYTES, made & 255);
      chunk.writeInt32BE(made++);
      peakChunks = Math.max(peakChunks, made - consumed);
      this.push(chunk);
    },
  });
  const sink = new Writable({
    highWaterMark: CHUNK_BYTES,
    write(chunk, _encoding, done) {
      setTimeout(() => {
        check(chunk.readInt32BE(), consumed++);
        done();
      }, 1);
    },
  });
  const began = performance.now();
  await pipeline(source, sink);
  check(consumed, items);
  console.log(`buffered KiB = ${(peakChunks * CHUNK_BYTES) / 1024}`);
  console.log(`seconds = ${(performance.now() - began) / 1000}`);
};

/** Pipelines of a source, a PassThrough and a sink that wait for a chunk. */
const idle = async () => {
  const chunk = Buffer.alloc(16 << 10);
  const sources = [];
  let taken = 0;
  let ended = 0;
  const live = () => {
    globalThis.gc();
    globalThis.gc();
    return process.memoryUsage().heapUsed;
  };
  let allEnded;
  const end = new Promise(resolve => (allEnded = resolve));
  const before = live();
  const began = performance.now();
  for (let i = 0; i < items; i++) {
    const source = new Readable({ read() {} });
    source.pipe(new PassThrough()).pipe(
      new Writable({
        write(bytes, _encoding, done) {
          taken += bytes.length;
          done();
        },
        final(done) {
          if (++ended === items) allEnded();
          done();
        },
      }),
    );
    sources.push(source);
  }
  const making = performance.now() - began;
  await new Promise(setImmediate);
  console.log(`heap B = ${(live() - before) / items}`);
  console.log(`us to make = ${(making * 1000) / items}`);
  for (const source of sources) {
    source.push(chunk);
    source.push(null);
  }
  await end;
  check(taken, items * chunk.length);
};

const time = async (run, each) => {
  const repeat = async length => {
    const times = [];
    const began = performance.now();
    do {
      const before = performance.now();
      await run();
      times.push(performance.now() - before);
    } while (performance.now() - began < length * 1000);
    return times;
  };
  await repeat(warmUp);
  globalThis.gc();
  console.log(`ns = ${(median(await repeat(seconds)) * 1e6) / each}`);
};

switch (work) {
  case 'passthrough':
    await time(passThrough, items * 4);
    break;
  case 'slow':
    await slow();
    break;
  case 'idle':
    await idle();
    break;
  default:
    throw new Error(`unknown work ${work}`);
}
peak();
