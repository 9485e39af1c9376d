package highwater.pipeline;

/// What a [Part] of a running pipeline can do next.
public enum Progress {
  /// It wants input: `offer` one chunk, or `finish` when there is no more.
  HUNGRY,
  /// It has output: `next` takes one chunk.
  READY,
  /// Neither now; it calls [PartContext#wake()] when that changes.
  WAITING,
  /// It is over: a [Pull] has no more chunks, a [Put] has everything safe and only awaits [Part#commit()].
  DONE
}
