package highwater.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.LiveStream;
import highwater.Streams;
import highwater.WritableStream;
import highwater.strand.HandTurned;
import highwater.strand.Strand;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Live streams made of parts.
class PartStreamsTest {
  @Test
  void chunksThatLeaveToUsersAreTheirsToKeep() {
    var rig = new Rig(20, 50);
    var kept = new ArrayList<ByteBuffer>();
    Strand.run(() -> rig.origin().open().onData(kept::add));
    long position = 0;
    for (var chunk : kept) {
      while (chunk.hasRemaining()) assertThat(chunk.get()).isEqualTo(Rig.byteAt(position++));
    }
    assertThat(position).isEqualTo(rig.totalBytes());
    assertThat(rig.log).containsExactly("open numbers", "commit numbers", "close numbers");
  }

  @Test
  void aStageThatPassesOnGivesTheVeryChunkItWasGiven() {
    var rig = new Rig(0, 1);
    var chunk = ByteBuffer.wrap(new byte[] {1, 2, 3});
    var received = new ArrayList<ByteBuffer>();
    Strand.run(
        () -> {
          var stage = rig.look().open();
          stage.onData(received::add);
          stage.end(chunk);
        });
    assertThat(received).hasSize(1);
    assertThat(received.getFirst()).isSameAs(chunk);
  }

  @Test
  void theStreamsOfPartsPipeAsAnyOthers() {
    var rig = new Rig(30, 70);
    var outcome = new AtomicReference<@Nullable Throwable>(new AssertionError("not told"));
    Strand.run(
        () ->
            Streams.pipeline(
                List.<LiveStream>of(rig.origin().open(), rig.cut().open(), rig.look().open(), rig.target().open()),
                outcome::set));
    assertThat(outcome.get()).isNull();
    assertThat(rig.receivedBytes).isEqualTo(rig.totalBytes());
    assertThat(rig.log).contains("commit numbers", "commit cut", "commit look", "commit check");
    rig.checkAllClosedOnce();
  }

  @Test
  void noOperationCompletesInsideTheCallThatAsks() {
    var rig = new Rig(1, 10);
    rig.waitEvery = 0;
    try (var hand = new HandTurned()) {
      var streams = new ArrayList<WritableStream<ByteBuffer>>();
      var written = new ArrayList<String>();
      hand.turn(() -> streams.add(rig.target().open()));
      hand.runReady();
      hand.turn(
          () -> {
            var target = streams.getFirst();
            var _ = target.write(ByteBuffer.wrap(new byte[] {0, 1}), error -> written.add("written " + error));
            assertThat(rig.receivedBytes).isZero();
          });
      assertThat(written).as("nor in the ticks of that turn").isEmpty();
      hand.runReady();
      assertThat(written).containsExactly("written null");
      assertThat(rig.receivedBytes).isEqualTo(2);
      hand.turn(() -> streams.getFirst().end());
    }
    assertThat(rig.log).containsExactly("open check", "commit check", "close check");
  }

  @Test
  void aStreamDestroyedEarlyAbortsItsPart() {
    var rig = new Rig(100, 10);
    Strand.run(
        () -> {
          var origin = rig.origin().open();
          origin.onData(chunk -> origin.destroy());
        });
    assertThat(rig.log).containsExactly("open numbers", "abort numbers", "close numbers");
  }

  @Test
  void aPartThatFailsDestroysItsStreamWithTheSameError() {
    var rig = new Rig(100, 10);
    rig.failAt = 20;
    var errors = new ArrayList<Throwable>();
    Strand.run(
        () -> {
          var origin = rig.origin().open();
          origin.onError(errors::add);
          origin.onData(chunk -> {});
        });
    assertThat(errors).containsExactly(rig.thrown);
    assertThat(rig.log).containsExactly("open numbers", "abort numbers", "close numbers");
  }

  @Test
  void aPartThatCannotOpenFailsItsStream() {
    var rig = new Rig(100, 10);
    rig.failAt = 1;
    assertThatThrownBy(() -> Strand.run(() -> rig.target().open().end())).hasRootCauseMessage("boom in check.open");
    assertThat(rig.log).containsExactly("open check", "abort check", "close check");
  }
}
