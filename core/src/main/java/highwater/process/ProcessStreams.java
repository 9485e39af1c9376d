package highwater.process;

import highwater.memory.ChunkBuffers;

/// Recipes for child processes: what one writes as an origin, what one reads as a target, both as a stage.
///
/// A process is started when a run opens its part. Its pipes can never block it for want of a reader on this side: stderr is
/// always read, of which the last 4 KiB are kept, and output that nobody wants is not taken but ended. It is whole only with
/// exit code 0. When a run is cancelled or fails elsewhere, it and its descendants get SIGTERM, and SIGKILL a second later;
/// its pipes are closed only then. Needs Linux's `/proc`. Thread rule: recipes may be made and used on any thread.
public final class ProcessStreams {
  private ProcessStreams() {}

  /// Reads what `command` writes to its stdout, in chunks of at most 64 KiB; its stdin is empty.
  ///
  /// The output has an end only where the process, and whatever it left behind with its stdout, has ended, and its exit code
  /// is 0. Any other code is a failure whose message has the last lines of stderr.
  public static ProcessOrigin read(Command command) {
    return new ProcessOrigin(command, ChunkBuffers.DEFAULT_BYTES, Limits.TIMEOUT, _ -> {});
  }

  /// Writes to the stdin of `command`; what it writes to its stdout is discarded.
  ///
  /// It must take everything and end with exit code 0. What it has done cannot be undone: when the run fails, it is ended
  /// before its input is, so that it never sees an end of what is not whole.
  public static ProcessTarget write(Command command) {
    return new ProcessTarget(command, ProcessTarget.Stdout.DISCARD, Limits.TIMEOUT, _ -> {});
  }

  /// Passes everything through `command`: chunks to its stdin, and from its stdout in chunks of at most 64 KiB.
  ///
  /// One that ends with exit code 0 before its input has, as `head` does, is the end of the stage; parts before it are ended.
  /// Any other code is a failure.
  public static ProcessStage through(Command command) {
    return new ProcessStage(command, ChunkBuffers.DEFAULT_BYTES, Limits.TIMEOUT, _ -> {});
  }
}
