package highwater.process;

import static java.util.Objects.requireNonNull;

import highwater.blocking.BlockingPull;
import highwater.blocking.CallThread;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.Footprint;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;

/// The recipe that reads a process's stdout; made by [ProcessStreams#read].
///
/// @param command the process
/// @param chunkBytes the size of a read buffer, and so the largest chunk, in bytes: 1 to [#CHUNK_BYTES_MAX]
/// @param timeout how long it may run, all in all; 24 h unless set, 10 years at most. Then it is ended, and the run fails. Time in
///   which this side does not read or write counts
/// @param onStderr told what it said on stderr when it has ended with exit code 0 and said anything; on a thread of the
///   library, which waits for it. What one said that failed is in the message
public record ProcessOrigin(Command command, int chunkBytes, Duration timeout, Consumer<Said> onStderr)
    implements PullOrigin<ByteBuffer> {
  /// The largest read buffer, in bytes: 64 MiB.
  public static final int CHUNK_BYTES_MAX = 64 << 20;

  /// Checks the figures; throws `IllegalArgumentException` with them.
  public ProcessOrigin {
    requireNonNull(command, "command");
    requireNonNull(onStderr, "onStderr");
    Limits.checkChunk(chunkBytes);
    Limits.checkTimeout(timeout);
  }

  /// The same, with chunks of at most `chunkBytes`.
  public ProcessOrigin chunk(int chunkBytes) {
    return new ProcessOrigin(command, chunkBytes, timeout, onStderr);
  }

  /// The same, ended after `timeout`.
  public ProcessOrigin timeout(Duration timeout) {
    return new ProcessOrigin(command, chunkBytes, timeout, onStderr);
  }

  /// The same, which tells `onStderr` what the process said on stderr when it has succeeded.
  public ProcessOrigin onStderr(Consumer<Said> onStderr) {
    return new ProcessOrigin(command, chunkBytes, timeout, onStderr);
  }

  @Override
  public String name() {
    return command.name();
  }

  @Override
  public String advice() {
    return "the program sets the pace";
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    return Footprint.of(
        "stdout of a process, " + ByteSizes.rounded(chunkBytes) + " chunks, two ahead, by a thread of its own",
        chunkBytes,
        BlockingPull.term("read", chunkBytes),
        Child.stderrTerm());
  }

  @Override
  public Pull<ByteBuffer> pull() {
    var settings = new Child.Settings(command, ProcessTarget.Stdout.DISCARD, timeout, onStderr);
    var source = new ChildSource(new Child(settings, Child.Role.SOURCE));
    return new BlockingPull(name(), source, CallThread.PLATFORM, chunkBytes);
  }
}
