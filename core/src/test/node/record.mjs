#!/usr/bin/env node
// Records what Node's streams do with random scenarios; README.md beside this file tells the format and the families.
//
//   node record.mjs write DIR [FAMILY...]             records the families anew, into DIR/FAMILY.jsonl.gz
//   node record.mjs try FAMILY [FIRST [COUNT]]        prints scenarios of other seeds, one a line
//   node record.mjs check FILE...                     plays recorded scenarios again and names those that differ
//   node record.mjs show FILE ID                      prints one scenario readably
import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { families, scenario } from './scenarios.mjs';
import { play } from './play.mjs';

const COUNT = 300;

function die(words) {
  console.error(`record: ${words}`);
  process.exit(2);
}

// A scenario during which something is uncaught shows nothing that a program could rely on: it must not be generated.
let current = '';
process.on('uncaughtException', (error) => die(`${current}: uncaught ${error.stack}`));
process.on('unhandledRejection', (error) => die(`${current}: rejected, and nobody listens: ${error.stack}`));

async function record(family, seed) {
  current = `${family}-${seed}`;
  for (let attempt = 0; ; attempt++) {
    const made = scenario(family, seed, attempt);
    const trace = await play(made);
    // Where turns are all that is told, what depends on the order in one of them is not worth telling.
    if (made.tells && !same(trace, await play(made, true))) continue;
    return JSON.stringify({ ...made, trace });
  }
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function read(file) {
  const bytes = readFileSync(file);
  const text = file.endsWith('.gz') ? gunzipSync(bytes) : bytes;
  return text.toString('utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line));
}

const commands = {
  async write(folder, ...names) {
    if (!folder) die('write: into which folder?');
    for (const family of names.length ? names : Object.keys(families)) {
      const lines = [];
      for (let seed = 1; seed <= COUNT; seed++) lines.push(await record(family, seed));
      writeFileSync(`${folder}/${family}.jsonl.gz`, gzipSync(`${lines.join('\n')}\n`, { level: 9 }));
      console.error(`${family}: ${lines.length}`);
    }
  },
  async try(family, first = '1', count = '1') {
    for (let seed = Number(first); seed < Number(first) + Number(count); seed++) {
      console.log(await record(family, seed));
    }
  },
  async check(...files) {
    let differ = 0;
    for (const file of files) {
      const recorded = read(file);
      for (const one of recorded) {
        current = one.id;
        const trace = await play(one);
        if (same(trace, one.trace)) continue;
        differ++;
        console.log(`${file}: ${one.id}`);
      }
      console.error(`${file}: ${recorded.length} played`);
    }
    console.error(`${differ} differ on Node ${process.version}`);
    process.exitCode = differ ? 1 : 0;
  },
  show(file, id) {
    const found = read(file).find((one) => one.id === id) ?? die(`${file}: no scenario ${id}`);
    const { trace, ...rest } = found;
    console.log(`${JSON.stringify(rest, null, 1)}\n${trace.join('\n')}`);
  },
};

const [, , command, ...words] = process.argv;
if (!process.version.startsWith('v26.')) die(`this is Node ${process.version}: the reference is Node 26`);
if (!commands[command]) die(`expected one of ${Object.keys(commands).join(', ')}: see the head of record.mjs`);
await commands[command](...words);
