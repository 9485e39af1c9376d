package highwater.pipeline;

/// The live end of a run: takes chunks when HUNGRY.
public interface Put<T> extends Part {
  /// Takes one chunk, whole; only when HUNGRY. The chunk is lent until this part answers HUNGRY or DONE again.
  void offer(T chunk) throws Exception;

  /// Says that no chunk follows; only when HUNGRY, once. `poll` answers DONE when all is safe.
  void finish() throws Exception;
}
