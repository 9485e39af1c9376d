// The streams of a scenario, whose hooks do what its script says, call by call.
import { Duplex, Readable, Transform, Writable } from 'node:stream';
import { name, show } from './data.mjs';

/** Acknowledges as `completion` says, then throws if it says so. */
function complete(play, completion, callback) {
  const acknowledge = () => callback(completion.error ? new Error(completion.error) : null);
  play.clock.later(completion.after, acknowledge);
  if (completion.again !== undefined) play.clock.later(completion.again, acknowledge);
  if (completion.throws) throw new Error(completion.throws);
}

function lifeHooks(play, spec) {
  const { id } = spec;
  const hooks = {};
  if (spec.construct) {
    hooks.construct = (callback) => {
      play.log(`${id}._construct()`);
      complete(play, spec.construct, callback);
    };
  }
  if (spec.destroy) {
    hooks.destroy = (error, callback) => {
      play.log(`${id}._destroy(${error ? name(error) : ''})`);
      // An error is handed on as it is: a hook that drops or replaces it is told otherwise by Highwater, on purpose.
      if (error) play.clock.later(spec.destroy.after === 'never' ? 'sync' : spec.destroy.after, () => callback(error));
      else complete(play, spec.destroy, callback);
    };
  }
  return hooks;
}

function sinkHooks(play, spec) {
  const { id } = spec;
  let calls = 0;
  const take = (callback) => complete(play, spec.sink[calls++ % spec.sink.length], callback);
  const hooks = {
    write(chunk, _encoding, callback) {
      play.log(`${id}._write(${show(chunk)})`);
      take(callback);
    },
  };
  if (spec.writev) {
    hooks.writev = (chunks, callback) => {
      play.log(`${id}._writev(${chunks.map(({ chunk }) => show(chunk)).join(' ')})`);
      take(callback);
    };
  }
  if (spec.final) {
    hooks.final = (callback) => {
      play.log(`${id}._final()`);
      complete(play, spec.final, callback);
    };
  }
  return hooks;
}

function sourceHooks(play, spec) {
  let calls = 0;
  return {
    read(size) {
      play.log(`${spec.id}._read(${size})`);
      const step = spec.source[calls++];
      if (!step) return;
      play.clock.later(step.after, () => {
        for (const size of step.push ?? []) play.push(this, spec.id, play.chunks(spec.id).take(size));
        if (step.error) this.destroy(new Error(step.error));
        if (step.end) play.push(this, spec.id, null);
      });
      if (step.throws) throw new Error(step.throws);
    },
  };
}

function outputs(spec, out, chunk) {
  if (out === 'none') return [];
  if (out === 'twice') return [chunk, chunk];
  if (out === 'same' || spec.objectMode) return [chunk];
  const half = chunk.length >> 1;
  return [chunk.subarray(0, half), chunk.subarray(half)].filter((part) => part.length > 0);
}

function transformHooks(play, spec) {
  const { id } = spec;
  let calls = 0;
  const hooks = {
    transform(chunk, _encoding, callback) {
      play.log(`${id}._transform(${show(chunk)})`);
      const step = spec.steps[calls++ % spec.steps.length];
      play.clock.later(step.after, () => {
        if (step.error) return callback(new Error(step.error));
        for (const part of outputs(spec, step.out, chunk)) play.push(this, id, part);
        callback();
      });
    },
  };
  if (spec.flush) {
    hooks.flush = function (callback) {
      play.log(`${id}._flush()`);
      const step = spec.flush;
      play.clock.later(step.after, () => {
        if (step.error) return callback(new Error(step.error));
        for (const size of step.push ?? []) play.push(this, id, play.chunks(id).take(size));
        callback();
      });
      if (step.throws) throw new Error(step.throws);
    };
  }
  return hooks;
}

/** Makes the stream that `spec` describes. */
export function open(play, spec) {
  const { objectMode, emitClose, autoDestroy, allowHalfOpen } = spec;
  const options = { objectMode, emitClose, autoDestroy, ...lifeHooks(play, spec) };
  const oneMark = { ...options, highWaterMark: spec.highWaterMark };
  const twoMarks = {
    ...options,
    readableHighWaterMark: spec.readableHighWaterMark,
    writableHighWaterMark: spec.writableHighWaterMark,
  };
  switch (spec.type) {
    case 'writable': return new Writable({ ...oneMark, ...sinkHooks(play, spec) });
    case 'readable': return new Readable({ ...oneMark, ...sourceHooks(play, spec) });
    case 'transform': return new Transform({ ...twoMarks, ...transformHooks(play, spec) });
    case 'duplex':
      return new Duplex({ ...twoMarks, allowHalfOpen, ...sinkHooks(play, spec), ...sourceHooks(play, spec) });
    default: throw new Error(`no stream of type ${spec.type}`);
  }
}
