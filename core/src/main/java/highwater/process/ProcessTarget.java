package highwater.process;

import static java.util.Objects.requireNonNull;

import highwater.blocking.BlockingPut;
import highwater.blocking.CallThread;
import highwater.pipeline.Footprint;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;

/// The recipe that writes to a process's stdin; made by [ProcessStreams#write].
///
/// @param command the process
/// @param stdout what becomes of what it writes to its stdout
/// @param timeout how long it may run, all in all; 24 h unless set, 10 years at most. Then it is ended, and the run fails. Time in
///   which this side does not read or write counts
/// @param onStderr told what it said on stderr when it has ended with exit code 0 and said anything; on a thread of the
///   library, which waits for it. What one said that failed is in the message
public record ProcessTarget(Command command, Stdout stdout, Duration timeout, Consumer<Said> onStderr)
    implements PullTarget<ByteBuffer> {
  /// What becomes of what a target's process writes to its stdout.
  public enum Stdout {
    /// It goes to `/dev/null`.
    DISCARD,
    /// It goes where this process's stdout goes, by the process itself.
    INHERIT
  }

  /// Checks the figures; throws `IllegalArgumentException` with them.
  public ProcessTarget {
    requireNonNull(command, "command");
    requireNonNull(stdout, "stdout");
    requireNonNull(onStderr, "onStderr");
    Limits.checkTimeout(timeout);
  }

  /// The same, with its stdout as `stdout` says.
  public ProcessTarget stdout(Stdout stdout) {
    return new ProcessTarget(command, stdout, timeout, onStderr);
  }

  /// The same, ended after `timeout`.
  public ProcessTarget timeout(Duration timeout) {
    return new ProcessTarget(command, stdout, timeout, onStderr);
  }

  /// The same, which tells `onStderr` what the process said on stderr when it has succeeded.
  public ProcessTarget onStderr(Consumer<Said> onStderr) {
    return new ProcessTarget(command, stdout, timeout, onStderr);
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
        "stdin of a process, two buffers ahead, by a thread of its own",
        0,
        BlockingPut.term("write"),
        Child.stderrTerm());
  }

  @Override
  public Put<ByteBuffer> put() {
    var settings = new Child.Settings(command, stdout, timeout, onStderr);
    var sink = new ChildSink(new Child(settings, Child.Role.TARGET));
    return new BlockingPut(name(), sink, CallThread.PLATFORM);
  }
}
