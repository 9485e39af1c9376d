// One trial of the laboratory on Node's own streams: MANNER INPUT OUTPUT READ_RATE SINK_RATE LEVEL BYTES.
// The same work as the JVM's trial, and the same words on stdout; the two manners differ in one line.
'use strict';
const fs = require('node:fs');
const zlib = require('node:zlib');
const { Readable, Writable } = require('node:stream');
const { PerformanceObserver, performance } = require('node:perf_hooks');

const [manner, input, output, readRate, sinkRate, level, limit] = process.argv.slice(2);
const CHUNK_BYTES = 65536;
const READ_BURST_BYTES = 1 << 20;
const SINK_BURST_SECONDS = 4;
const began = performance.now();
const nanos = () => Math.round((performance.now() - began) * 1e6);
const say = (line) => fs.writeSync(1, line + '\n');

// A token bucket: so many bytes a second on average, and a burst after a rest.
class Pace {
  constructor(rate, burst) {
    this.rate = rate;
    this.burst = burst;
    this.left = 0;
    this.asOf = performance.now();
  }

  take(bytes) {
    const now = performance.now();
    this.left = Math.min(this.burst, this.left + ((now - this.asOf) * this.rate) / 1000) - bytes;
    this.asOf = now;
    return this.left >= 0 ? 0 : (-this.left / this.rate) * 1000;
  }
}

const after = (millis, call) => (millis > 0 ? setTimeout(call, millis) : call());

// Pauses are told by V8 itself; when one began counts from the start of the process.
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    say(`gc ${Math.max(0, entry.startTime)} ${entry.duration} ${entry.detail ? entry.detail.kind : entry.kind}`);
  }
}).observe({ entryTypes: ['gc'] });

const inFile = fs.openSync(input, 'r');
const readPace = Number(readRate) > 0 ? new Pace(Number(readRate), READ_BURST_BYTES) : null;
let bytesIn = 0;
const source = new Readable({
  highWaterMark: CHUNK_BYTES,
  read() {
    const size = Math.min(CHUNK_BYTES, Number(limit) - bytesIn);
    if (size === 0) {
      this.push(null);
      return;
    }
    const chunk = Buffer.allocUnsafeSlow(size);
    fs.read(inFile, chunk, 0, size, null, (error, read) => {
      if (error) {
        this.destroy(error);
      } else if (read === 0) {
        this.push(null);
      } else {
        bytesIn += read;
        after(readPace === null ? 0 : readPace.take(read), () => this.push(chunk.subarray(0, read)));
      }
    });
  },
});

const gzip = zlib.createGzip({ level: Number(level), highWaterMark: CHUNK_BYTES });

const outFile = fs.openSync(output, 'wx');
const sinkPace = Number(sinkRate) > 0 ? new Pace(Number(sinkRate), Number(sinkRate) * SINK_BURST_SECONDS) : null;
let bytesOut = 0;
let crc = 0;
const sink = new Writable({
  highWaterMark: CHUNK_BYTES,
  write(chunk, encoding, done) {
    if (zlib.crc32) crc = zlib.crc32(chunk, crc);
    fs.write(outFile, chunk, 0, chunk.length, null, (error, written) => {
      if (error || written < chunk.length) {
        done(error || new Error(`${written} of ${chunk.length} bytes written`));
        return;
      }
      bytesOut += chunk.length;
      after(sinkPace === null ? 0 : sinkPace.take(chunk.length), done);
    });
  },
});

let peak = 0;
let falseAnswers = 0;
let drains = 0;
let read = 0;
source.on('data', (chunk) => {
  const goOn = gzip.write(chunk);
  peak = Math.max(peak, gzip.writableLength);
  if (!goOn) falseAnswers++;
  // The one line in which the two differ.
  if (!goOn && manner === 'HONEST') source.pause();
});
gzip.on('drain', () => {
  drains++;
  source.resume();
});
source.on('end', () => {
  read = nanos();
  gzip.end();
});
const looking = setInterval(() => say(`at ${nanos()} ${gzip.writableLength}`), 250);
gzip.pipe(sink);
sink.on('finish', () => {
  clearInterval(looking);
  fs.closeSync(outFile);
  fs.closeSync(inFile);
  const finished = nanos();
  say(`read ${read}\nfinished ${finished}\nbytesIn ${bytesIn}\nbytesOut ${bytesOut}\ncrc ${crc}`);
  say(`peakBuffered ${peak}\nfalseAnswers ${falseAnswers}\ndrains ${drains}`);
  const tell = (word, file) => {
    try {
      for (const line of fs.readFileSync(file, 'latin1').trimEnd().split('\n')) say(`${word} ${line}`);
    } catch {
      // Not ours to read: its figures are 0.
    }
  };
  tell('status', '/proc/self/status');
  tell('stat', '/proc/self/stat');
  tell('io', '/proc/self/io');
  for (const task of fs.readdirSync('/proc/self/task')) tell('task', `/proc/self/task/${task}/status`);
});
