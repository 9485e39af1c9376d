// What a scenario does to its streams, each op with the lines it leaves.
import { finished, pipeline } from 'node:stream';
import { name, show } from './data.mjs';

/** A chunk of a kind that the stream refuses: a number among bytes, null among objects. */
const alien = (play, id) => (play.spec(id).objectMode ? null : 7);

const refused = {
  write(play, op, stream, chunk) {
    const more = stream.write(chunk);
    play.log(`${op.on}.write(${show(chunk)}) > ${more}`);
  },
  end(play, op, stream, chunk) {
    play.log(`${op.on}.end()`);
    stream.end(chunk);
  },
  push(play, op, stream, chunk) {
    play.push(stream, op.on, chunk);
  },
  unshift(play, op, stream, chunk) {
    play.log(`${op.on}.unshift(${show(chunk)})`);
    stream.unshift(chunk);
  },
};

function readOnce(play, op, stream) {
  const chunk = op.size === undefined ? stream.read() : stream.read(op.size);
  play.log(`${op.on}.read(${op.size ?? ''}) > ${show(chunk)}`);
  return chunk;
}

export const ops = {
  write(play, op, stream) {
    const chunk = play.chunks(op.on).take(op.size);
    const more = stream.write(chunk, (error) => play.log(`${op.on}.written(${show(chunk)}) ${name(error)}`));
    play.log(`${op.on}.write(${show(chunk)}) > ${more}`);
  },
  writeUntilFull(play, op, stream) {
    for (let i = 0, more = true; i < op.max && more; i++) {
      const chunk = play.chunks(op.on).take(op.size);
      more = stream.write(chunk);
      play.log(`${op.on}.write(${show(chunk)}) > ${more}`);
    }
  },
  end(play, op, stream) {
    const ended = (error) => play.log(`${op.on}.ended ${name(error)}`);
    play.log(`${op.on}.end()`);
    if (op.size === undefined) stream.end(ended);
    else stream.end(play.chunks(op.on).take(op.size), ended);
  },
  cork: (_play, _op, stream) => stream.cork(),
  uncork: (_play, _op, stream) => stream.uncork(),
  destroy(play, op, stream) {
    play.log(`${op.on}.destroy(${op.error ?? ''})`);
    stream.destroy(op.error ? new Error(op.error) : undefined);
  },
  onData(play, op, stream) {
    const listener = (chunk) => {
      play.log(`${op.on}!data ${show(chunk)}`);
      if (!op.pauseFor) return;
      stream.pause();
      play.clock.at(play.clock.turn + op.pauseFor, () => {
        play.log(`${op.on}.resume()`);
        stream.resume();
      });
    };
    play.dataListeners[op.on] = listener;
    stream.on('data', listener);
  },
  offData: (play, op, stream) => stream.off('data', play.dataListeners[op.on]),
  onReadable(play, op, stream) {
    const once = op.size ? op : { on: op.on };
    stream.on('readable', () => {
      play.log(`${op.on}!readable`);
      while (readOnce(play, once, stream) !== null && op.all);
    });
  },
  read: readOnce,
  push: (play, op, stream) => play.push(stream, op.on, play.chunks(op.on).take(op.size)),
  pushEnd: (play, op, stream) => play.push(stream, op.on, null),
  unshift(play, op, stream) {
    const chunk = play.chunks(op.on).take(op.size);
    play.log(`${op.on}.unshift(${show(chunk)})`);
    stream.unshift(chunk);
  },
  pause(play, op, stream) {
    play.log(`${op.on}.pause()`);
    stream.pause();
  },
  resume(play, op, stream) {
    play.log(`${op.on}.resume()`);
    stream.resume();
  },
  pipe(play, op, stream) {
    play.log(`${op.on}.pipe(${op.to})`);
    stream.pipe(play.stream(op.to), { end: op.end });
  },
  unpipe(play, op, stream) {
    play.log(`${op.on}.unpipe(${op.to ?? ''})`);
    if (op.to) stream.unpipe(play.stream(op.to));
    else stream.unpipe();
  },
  pipeline(play, op) {
    play.log(`pipeline(${op.through.join(' ')})`);
    pipeline(...op.through.map((id) => play.stream(id)), (error) => play.log(`pipeline ${name(error)}`));
  },
  finished(play, op, stream) {
    const label = op.as === undefined ? `${op.on}.finished` : `${op.on}.finished(${op.as})`;
    const forget = finished(stream, op.options ?? {}, (error) => play.log(`${label} ${name(error)}`));
    if (op.as !== undefined) play.watches[`${op.on}.${op.as}`] = forget;
  },
  forget(play, op) {
    play.log(`${op.on}.forget(${op.as})`);
    play.watches[`${op.on}.${op.as}`]();
  },
  alien: (play, op, stream) => refused[op.how](play, op, stream, alien(play, op.on)),
  react(play, op, stream) {
    stream.once(op.event, () => play.perform(op.then));
  },
};
