package highwater.net;

import static java.util.Objects.requireNonNull;

import highwater.memory.Budget;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import highwater.strand.HandTurned;
import highwater.strand.Strand;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// A target of a socket in virtual time, with a real connection: what its peer does is waited for, and time passes when it is told
/// to.
final class DrivenTarget implements AutoCloseable {
  private final HandTurned hand = new HandTurned();
  private final Put<ByteBuffer> put;
  private @Nullable Link link;

  DrivenTarget(PullTarget<ByteBuffer> target) throws Exception {
    var made = (SocketTarget) target;
    Links links = (strand, wake) -> link = made.links().link(strand, wake);
    put = new SocketTarget(made.name(), made.settings(), made.awaitsPeerEnd(), links).put();
    turn(
        () -> {
          put.open(new Context());
          return true;
        });
  }

  private final class Context implements PartContext {
    @Override
    public Strand strand() {
      return hand.strand();
    }

    @Override
    public void wake() {
      // It is asked again and again here.
    }

    @Override
    public Budget budget() {
      return Budget.unlimited();
    }
  }

  private <T> T turn(Callable<T> body) throws Exception {
    var result = new Object[1];
    var thrown = new Exception[1];
    hand.runReady();
    hand.turn(
        () -> {
          try {
            result[0] = body.call();
          } catch (Exception e) {
            thrown[0] = e;
          }
        });
    if (thrown[0] != null) throw thrown[0];
    @SuppressWarnings("unchecked")
    var made = (T) result[0];
    return made;
  }

  /// Lets others run; a test whose time is up ends here.
  private static void pause() throws InterruptedException {
    if (Thread.interrupted()) throw new InterruptedException();
    Thread.yield();
  }

  Progress poll() throws Exception {
    return turn(put::poll);
  }

  /// Waits until it answers so.
  void until(Progress progress) throws Exception {
    while (poll() != progress) pause();
  }

  /// Gives it a chunk of that size.
  void offer(int bytes) throws Exception {
    turn(
        () -> {
          put.offer(ByteBuffer.allocate(bytes));
          return true;
        });
  }

  void finish() throws Exception {
    turn(
        () -> {
          put.finish();
          return true;
        });
  }

  boolean settled() throws Exception {
    return turn(put::settled);
  }

  void untilSettled() throws Exception {
    while (!settled()) pause();
  }

  private long readBytes() {
    return requireNonNull(link).readBytes();
  }

  /// Waits until more of what its peer sends has been dropped.
  void untilMoreIsDropped() throws Exception {
    long before = readBytes();
    boolean isEnded = requireNonNull(link).isOutputEnded();
    while (readBytes() == before) {
      var _ = isEnded ? settled() : poll() == Progress.DONE;
      pause();
    }
  }

  void advance(Duration time) {
    hand.advance(time.toNanos());
  }

  @Override
  public void close() {
    try {
      turn(
          () -> {
            put.close();
            return true;
          });
    } catch (Exception e) {
      throw new AssertionError("its close failed", e);
    }
    hand.close();
  }
}
