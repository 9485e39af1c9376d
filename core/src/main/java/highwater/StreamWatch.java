package highwater;

/// Whoever is told what a live stream does, to account for its time: [LiveStream#watch].
///
/// It sees what no listener does: when the implementer's code runs. It changes nothing: it emits nothing, queues nothing, and
/// must throw nothing. Thread rule: called on the stream's strand.
///
/// @hidden
public interface StreamWatch {
  /// The implementer is about to be called (to read, to write, to finish), until [#returned]. Calls nest.
  void called();

  /// The implementer answers, by a push, an end or an acknowledgement, perhaps outside a call; until [#returned]. Calls nest.
  void answers();

  /// What the implementer did elsewhere is done, told in a turn of the strand: until [#resumes] it waits for the strand.
  void queues();

  /// The turn that the implementer has queued begins, until [#returned].
  void resumes();

  /// What began last has ended.
  void returned();

  /// A write said false, the first since the last drain.
  void full();

  /// A chunk of so many bytes, 0 for an object, was handed on to all who listen. Unlike the others it may destroy streams.
  void gave(long bytes);

  /// The writers are told that there is room again.
  void drained();
}
