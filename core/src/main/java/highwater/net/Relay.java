package highwater.net;

import highwater.DuplexStream;
import highwater.strand.Strand;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Two duplexes that go into each other, and share their fate: over when both have closed.
///
/// Thread rule: the strand of both.
final class Relay {
  private final DuplexStream<ByteBuffer, ByteBuffer> one;
  private final DuplexStream<ByteBuffer, ByteBuffer> other;
  private final Strand strand;
  private final CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
  private @Nullable Throwable failure;
  private int open = 2;

  private Relay(DuplexStream<ByteBuffer, ByteBuffer> one, DuplexStream<ByteBuffer, ByteBuffer> other) {
    this.one = one;
    this.other = other;
    strand = one.strand();
    if (one == other) throw new IllegalArgumentException("relay: " + one.name() + " with itself (expected: two)");
    if (other.strand() != strand) {
      throw new IllegalArgumentException(
          "relay: " + one.name() + " and " + other.name() + " are on two strands (expected: both made on one)");
    }
    check(one);
    check(other);
  }

  private static void check(DuplexStream<ByteBuffer, ByteBuffer> stream) {
    if (stream.destroyed() || stream.writableEnded() || !stream.readable()) {
      throw new IllegalStateException("relay: " + stream + " is over (expected: one that is open both ways)");
    }
  }

  /// By pipes.
  static CompletionStage<@Nullable Void> ofStreams(
      DuplexStream<ByteBuffer, ByteBuffer> one, DuplexStream<ByteBuffer, ByteBuffer> other) {
    var relay = new Relay(one, other);
    checkHalfOpen(one);
    checkHalfOpen(other);
    relay.watchBoth();
    one.pipe(other);
    other.pipe(one);
    return relay.over.minimalCompletionStage();
  }

  private static void checkHalfOpen(DuplexStream<ByteBuffer, ByteBuffer> stream) {
    if (stream.allowHalfOpen()) return;
    throw new IllegalArgumentException(
        "relay: "
            + stream.name()
            + " ends its own side when its peer ends, so that an answer would be cut off (expected: a duplex with"
            + " allowHalfOpen)");
  }

  /// From socket to socket.
  static CompletionStage<@Nullable Void> ofConnections(Connection one, Connection other) {
    var relay = new Relay(one.stream(), other.stream());
    relay.watchBoth();
    handOver(one, other);
    handOver(other, one);
    var passages = new Passages(one, other);
    var _ = relay.over.whenComplete((_, _) -> passages.drop());
    passages.begin();
    return relay.over.minimalCompletionStage();
  }

  /// What was read before and waits in the stream goes first.
  private static void handOver(Connection from, Connection to) {
    from.stream().pause();
    while (from.stream().readableLength() > 0) {
      var chunk = from.stream().read();
      if (chunk == null) return;
      var _ = to.stream().write(chunk);
    }
  }

  private void watchBoth() {
    // It is work of the strand, although nobody may have asked for a byte.
    strand.hold();
    watch(one, other);
    watch(other, one);
  }

  private void watch(DuplexStream<ByteBuffer, ByteBuffer> stream, DuplexStream<ByteBuffer, ByteBuffer> peer) {
    stream.onError(error -> failed(error, peer));
    stream.onClose(() -> closed(stream, peer));
  }

  private void failed(Throwable error, DuplexStream<ByteBuffer, ByteBuffer> peer) {
    if (failure == null) failure = error;
    else if (failure != error) failure.addSuppressed(error);
    peer.destroy(error);
  }

  private void closed(DuplexStream<ByteBuffer, ByteBuffer> stream, DuplexStream<ByteBuffer, ByteBuffer> peer) {
    if (failure == null && !(stream.readableEnded() && stream.writableFinished())) {
      failure =
          NetErrors.failure(
              stream.name() + ": closed before both directions had ended (expected: the end of each)", null);
      peer.destroy(failure);
    }
    if (--open > 0) return;
    strand.release();
    if (failure == null) over.complete(null);
    else over.completeExceptionally(failure);
  }
}
