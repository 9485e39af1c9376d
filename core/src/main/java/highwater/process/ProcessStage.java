package highwater.process;

import static java.util.Objects.requireNonNull;

import highwater.blocking.BlockingPull;
import highwater.blocking.BlockingPut;
import highwater.blocking.CallThread;
import highwater.blocking.JoinedStep;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.Footprint;
import highwater.pipeline.PullStage;
import highwater.pipeline.Step;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;

/// The recipe that passes bytes through a process; made by [ProcessStreams#through].
///
/// Two threads of its own write and read, so that it makes no difference when the process takes and when it gives.
///
/// @param command the process
/// @param chunkBytes the size of a read buffer, and so the largest chunk, in bytes: 1 to [ProcessOrigin#CHUNK_BYTES_MAX]
/// @param timeout how long it may run, all in all; 24 h unless set, 10 years at most. Then it is ended, and the run fails. Time in
///   which this side does not read or write counts
/// @param onStderr told what it said on stderr when it has ended with exit code 0 and said anything; on a thread of the
///   library, which waits for it. What one said that failed is in the message
public record ProcessStage(Command command, int chunkBytes, Duration timeout, Consumer<Said> onStderr)
    implements PullStage<ByteBuffer, ByteBuffer> {
  /// Checks the figures; throws `IllegalArgumentException` with them.
  public ProcessStage {
    requireNonNull(command, "command");
    requireNonNull(onStderr, "onStderr");
    Limits.checkChunk(chunkBytes);
    Limits.checkTimeout(timeout);
  }

  /// The same, with output chunks of at most `chunkBytes`.
  public ProcessStage chunk(int chunkBytes) {
    return new ProcessStage(command, chunkBytes, timeout, onStderr);
  }

  /// The same, ended after `timeout`.
  public ProcessStage timeout(Duration timeout) {
    return new ProcessStage(command, chunkBytes, timeout, onStderr);
  }

  /// The same, which tells `onStderr` what the process said on stderr when it has succeeded.
  public ProcessStage onStderr(Consumer<Said> onStderr) {
    return new ProcessStage(command, chunkBytes, timeout, onStderr);
  }

  @Override
  public String name() {
    return command.name();
  }

  @Override
  public String advice() {
    return "the program sets the pace: more of them at a time, or a faster one";
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    return Footprint.of(
        "through a process, " + ByteSizes.rounded(chunkBytes) + " chunks, by two threads of its own",
        chunkBytes,
        BlockingPut.term("input"),
        BlockingPull.term("output", chunkBytes),
        Child.stderrTerm());
  }

  @Override
  public Step<ByteBuffer, ByteBuffer> step() {
    var settings = new Child.Settings(command, ProcessTarget.Stdout.DISCARD, timeout, onStderr);
    var child = new Child(settings, Child.Role.STAGE);
    return new JoinedStep(
        new BlockingPut(name(), new ChildInput(child), CallThread.PLATFORM),
        new BlockingPull(name(), new ChildSource(child), CallThread.PLATFORM, chunkBytes));
  }
}
