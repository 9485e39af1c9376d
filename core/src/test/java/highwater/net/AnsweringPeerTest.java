package highwater.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.contract.Probe;
import highwater.pipeline.Pipeline;
import highwater.pipeline.Progress;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a target makes of a peer that sends: all of it is dropped, always, and within limits.
@Timeout(30)
class AnsweringPeerTest {
  /// More than the systems' buffers hold, both ways.
  private static final int BYTES = 40_000_000;

  private static final Duration IDLE = Duration.ofMinutes(5);

  @TempDir Path folder;

  private interface Serving {
    void serve(PeerSocket peer) throws Exception;
  }

  /// The peer of one connection; the future has what it failed with.
  private static CompletableFuture<Void> serve(Meeting meeting, Serving serving) {
    var done = new CompletableFuture<Void>();
    Thread.ofVirtual()
        .start(
            () -> {
              try (meeting;
                  var peer = meeting.meet()) {
                serving.serve(peer);
                done.complete(null);
              } catch (Throwable thrown) {
                done.completeExceptionally(thrown);
              }
            });
    return done;
  }

  /// Reads no more before all is answered.
  private static void echo(PeerSocket peer) throws IOException {
    var piece = new byte[64 << 10];
    long echoed = 0;
    for (int read; (read = peer.in().read(piece)) >= 0; echoed += read) peer.out().write(piece, 0, read);
    peer.end().run();
    assertThat(echoed).isEqualTo(BYTES);
  }

  private static void assertEchoIsNoDeadlock(Meeting meeting) {
    var served = serve(meeting, AnsweringPeerTest::echo);
    Pipeline.from(Probe.of(BYTES).origin()).to(meeting.target()).run();
    served.join();
  }

  @Test
  void anEchoOfTcpIsNoDeadlock() throws Exception {
    assertEchoIsNoDeadlock(new Meeting.Connecting(PeerSocket::plain, connector -> connector));
    assertEchoIsNoDeadlock(new Meeting.Listening(PeerSocket::plain, NetStreams.listen("127.0.0.1", 0)));
  }

  @Test
  void anEchoOfTlsIsNoDeadlock() throws Exception {
    var keys = TestKeys.make(folder, "localhost");
    var trust = keys.trust();
    assertEchoIsNoDeadlock(new Meeting.Connecting(keys::servingPeer, connector -> connector.tls(trust)));
    assertEchoIsNoDeadlock(
        new Meeting.Listening(keys::connectingPeer, NetStreams.listen("127.0.0.1", 0).tls(keys.serving())));
  }

  @Test
  void anEchoOfAUnixDomainSocketIsNoDeadlock() throws Exception {
    assertEchoIsNoDeadlock(new Meeting.AtAPath(folder.resolve("served")));
    assertEchoIsNoDeadlock(new Meeting.ListeningAtAPath(folder.resolve("listened")));
  }

  @Test
  void aPeerThatSendsFirstAndMuchIsReadThoughTheSourceHasNothing() throws Exception {
    var meeting = new Meeting.Connecting(PeerSocket::plain, connector -> connector);
    var sent = new CompletableFuture<Void>();
    var served =
        serve(
            meeting,
            peer -> {
              peer.out().write(new byte[BYTES]);
              sent.complete(null);
              peer.in().transferTo(OutputStream.nullOutputStream());
              peer.end().run();
            });
    try (var source = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var run =
          Pipeline.from(NetStreams.connect("127.0.0.1", source.getLocalPort()).origin()).to(meeting.target()).start();
      try (var _ = source.accept()) {
        sent.get(30, TimeUnit.SECONDS);
      }
      run.completion().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
    served.join();
  }

  private static Meeting.Connecting connecting() throws IOException {
    return new Meeting.Connecting(PeerSocket::plain, connector -> connector.idleTimeout(IDLE));
  }

  /// Fills the socket, with a peer that reads when the future is done.
  private static void fill(DrivenTarget target) throws Exception {
    for (int chunks = 0; target.poll() == Progress.HUNGRY; chunks++) {
      assertThat(chunks).isLessThan(1000);
      target.offer(100_000);
    }
  }

  @Test
  void aSlowSourceIsNotThePeersFault() throws Exception {
    var meeting = connecting();
    var full = new CompletableFuture<Void>();
    var served =
        serve(
            meeting,
            peer -> {
              full.join();
              peer.in().transferTo(OutputStream.nullOutputStream());
            });
    try (var target = new DrivenTarget(meeting.target())) {
      target.until(Progress.HUNGRY);
      fill(target);
      full.complete(null);
      target.until(Progress.HUNGRY);
      target.advance(IDLE.multipliedBy(20));
      assertThat(target.poll()).isEqualTo(Progress.HUNGRY);
      target.finish();
      target.until(Progress.DONE);
      target.untilSettled();
    }
    served.join();
  }

  /// Sends until the other side has had enough.
  private static void flood(PeerSocket peer) {
    var piece = new byte[64 << 10];
    assertThat(
            catchThrowable(
                () -> {
                  for (; ; ) peer.out().write(piece);
                }))
        .isInstanceOf(IOException.class);
  }

  @Test
  void aPeerThatSendsForEverBehindTheEndIsGivenUp() throws Exception {
    var meeting = connecting();
    var served =
        serve(
            meeting,
            peer -> {
              peer.in().transferTo(OutputStream.nullOutputStream());
              flood(peer);
            });
    try (var target = new DrivenTarget(meeting.target())) {
      target.until(Progress.HUNGRY);
      target.finish();
      target.until(Progress.DONE);
      assertThat(target.settled()).isFalse();
      for (int halves = 0; halves < 24; halves++) {
        target.untilMoreIsDropped();
        target.advance(IDLE.dividedBy(2));
      }
      assertThat(catchThrowable(target::settled))
          .hasMessageEndingWith(
              ": its peer has gone on sending for 1h behind the end of this side (expected: its end, or no wait for it"
                  + " by awaitPeerEnd(false); allow more with idleTimeout)");
    }
    served.join();
  }

  private static Meeting.Connecting onlySending() throws IOException {
    return new Meeting.Connecting(PeerSocket::plain, connector -> connector.idleTimeout(IDLE).awaitPeerEnd(false));
  }

  @Test
  void whoOnlySendsReadsWhatComesBeforeItClosesSoThatNothingIsLost() throws Exception {
    var meeting = onlySending();
    var sent = new CompletableFuture<Void>();
    var closed = new CompletableFuture<Void>();
    var served =
        serve(
            meeting,
            peer -> {
              sent.join();
              peer.out().write(1);
              closed.join();
              assertThat(peer.in().readAllBytes()).hasSize(100_000);
            });
    try (var target = new DrivenTarget(meeting.target())) {
      target.until(Progress.HUNGRY);
      target.offer(100_000);
      target.until(Progress.HUNGRY);
      target.finish();
      target.until(Progress.DONE);
      assertThat(target.settled()).isFalse();
      target.advance(Duration.ofMillis(999));
      assertThat(target.settled()).isFalse();
      sent.complete(null);
      target.untilMoreIsDropped();
      target.advance(Duration.ofMillis(999));
      assertThat(target.settled()).isFalse();
      target.advance(Duration.ofMillis(1));
      assertThat(target.settled()).isTrue();
    }
    closed.complete(null);
    served.join();
  }

  @Test
  void whoOnlySendsIsDoneAtThePeersEnd() throws Exception {
    var meeting = onlySending();
    var served = serve(meeting, peer -> assertThat(peer.in().readAllBytes()).isEmpty());
    try (var target = new DrivenTarget(meeting.target())) {
      target.until(Progress.HUNGRY);
      target.finish();
      target.until(Progress.DONE);
      target.untilSettled();
    }
    served.join();
  }

  @Test
  void whoOnlySendsIsDoneAfterAnIdleLimitOfAPeerThatSendsForEver() throws Exception {
    var meeting = onlySending();
    var served = serve(meeting, AnsweringPeerTest::flood);
    try (var target = new DrivenTarget(meeting.target())) {
      target.until(Progress.HUNGRY);
      target.finish();
      target.until(Progress.DONE);
      assertThat(target.settled()).isFalse();
      for (int parts = 0; parts < 500; parts++) {
        target.untilMoreIsDropped();
        target.advance(IDLE.dividedBy(500));
      }
      assertThat(target.settled()).isTrue();
    }
    served.join();
  }

  @Test
  void aPeerThatSendsForEverAndTakesNothingIsGivenUp() throws Exception {
    var meeting = connecting();
    var served = serve(meeting, AnsweringPeerTest::flood);
    try (var target = new DrivenTarget(meeting.target())) {
      target.until(Progress.HUNGRY);
      fill(target);
      Throwable failure = null;
      // What is on its way when the socket is full may make some room yet.
      for (int halves = 0; failure == null && halves < 100; halves++) {
        target.untilMoreIsDropped();
        target.advance(IDLE.dividedBy(2));
        failure = catchThrowable(() -> fill(target));
      }
      assertThat(failure)
          .hasMessageEndingWith(
              ": its peer has gone on sending for 1h without taking a byte (expected: one that reads as well; allow"
                  + " more with idleTimeout)");
    }
    served.join();
  }
}
