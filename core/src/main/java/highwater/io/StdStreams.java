package highwater.io;

import highwater.pipeline.PullOrigin;
import highwater.pipeline.PullTarget;
import highwater.strand.Strand;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/// Recipes for the process's standard streams, and a prompt on them.
///
/// None of them is ever closed by a run: what ends is the run's own channel to it. One that leads to a regular file is read or
/// written inline, from where its descriptor stands; any other has a daemon thread of its own while a run uses it. What
/// `System.in` has read already, and what an earlier run had read when it was stopped, is lost to them.
/// Thread rule: any thread.
public final class StdStreams {
  private StdStreams() {}

  /// Reads stdin to its end, in chunks of at most 64 KiB. One run at a time: a second one fails when it opens.
  public static PullOrigin<ByteBuffer> in() {
    return StdOrigin.DEFAULT;
  }

  /// Reads stdin to its end, in chunks of at most `chunkBytes` (1 to [FileOrigin#CHUNK_BYTES_MAX]).
  public static PullOrigin<ByteBuffer> in(int chunkBytes) {
    return new StdOrigin(chunkBytes);
  }

  /// Writes to stdout. A run fails with a [BrokenPipeException] when nobody reads it any more. What `System.out` holds is
  /// flushed first.
  public static PullTarget<ByteBuffer> out() {
    return new StdTarget(1);
  }

  /// Writes to stderr, as [#out()] does to stdout.
  public static PullTarget<ByteBuffer> err() {
    return new StdTarget(2);
  }

  /// Prints `text` on stdout, without an end of line, and reads one line from stdin, without its end of line.
  ///
  /// On a strand the answer comes as a turn of it, for which the strand waits; elsewhere on a thread of its own. Nothing
  /// behind the line is read, so a run may read the rest. The future fails with an `EOFException` where stdin ends before an
  /// answer, with an `IOException` where stdin is in use, cannot be read, or its line is longer than [#ANSWER_BYTES_MAX]; to
  /// cancel it stops the reading. The text is decoded as `stdin.encoding` says, UTF-8 by default.
  ///
  /// Source: Node's `readline.question`.
  public static CompletableFuture<String> question(String text) {
    return Question.ask(text, Strand.currentOrNull());
  }

  /// The longest answer, in bytes: 64 KiB.
  public static final int ANSWER_BYTES_MAX = 64 << 10;
}
