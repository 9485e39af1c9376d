package highwater.strand;

/// Who drives a started strand; see [Strand#start].
public enum Hosting {
  /// One of max(4, cores) daemon platform threads, shared by all strands: for work with files, whose reads and writes block.
  FILE_HOST,
  /// A virtual thread, made when work comes and gone when none is left: for everything that waits elsewhere.
  VIRTUAL_THREAD,
  /// One of max(4, cores) other platform threads where one is free, else a virtual thread: for what two threads do by turns,
  /// which is woken for every lot that crosses; a platform thread is woken in half of the time.
  PLATFORM_THREAD
}
