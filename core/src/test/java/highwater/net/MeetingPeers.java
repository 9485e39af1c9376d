package highwater.net;

import highwater.contract.Giving;
import highwater.contract.GivingPeer;
import highwater.contract.Pattern;
import highwater.contract.Remains;
import highwater.contract.Taking;
import highwater.contract.TakingPeer;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.PullTarget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// What gives to, or takes from, the first connection of a [Meeting].
final class MeetingPeers {
  private MeetingPeers() {}

  /// Gives its bytes, then ends, dies or stops.
  static final class Gives implements GivingPeer {
    private final Giving giving;
    private final Meeting meeting;
    private final Thread thread;
    private volatile long givenBytes;

    Gives(Giving giving, Meeting meeting) {
      this.giving = giving;
      this.meeting = meeting;
      thread = Thread.ofVirtual().start(this::serve);
    }

    private void serve() {
      try (var peer = meeting.meet()) {
        while (givenBytes < giving.untilBytes()) {
          long next = Math.min(giving.untilBytes(), givenBytes + giving.pieceBytes());
          Pattern.write(peer.out(), givenBytes, next, giving.pieceBytes());
          givenBytes = next;
        }
        switch (giving.then()) {
          case END -> {
            peer.end().run();
            // Closing with unread bytes would reset what the other side has not read.
            peer.in().transferTo(OutputStream.nullOutputStream());
          }
          case DIE -> peer.die();
          case STOP -> {
            var _ = peer.in().read();
          }
        }
      } catch (IOException e) {
        // It was let go, or never met.
      }
    }

    @Override
    public PullOrigin<ByteBuffer> origin() {
      return meeting.origin();
    }

    @Override
    public long givenBytes() {
      return givenBytes;
    }

    @Override
    public long outsideBytes() {
      return 8 << 20;
    }

    @Override
    public void awaitLetGo() throws IOException {
      meeting.stop();
      Remains.await("the end of the connection", () -> !thread.isAlive());
    }

    @Override
    public void close() throws IOException {
      awaitLetGo();
    }
  }

  /// Takes bytes, which are whole when they end as the protocol ends.
  static final class Takes implements TakingPeer {
    private final Taking taking;
    private final Meeting meeting;
    private final CountDownLatch letGo = new CountDownLatch(1);
    private final Thread thread;
    private volatile long takenBytes;
    private volatile byte @Nullable [] whole;

    Takes(Taking taking, Meeting meeting) {
      this.taking = taking;
      this.meeting = meeting;
      thread = Thread.ofVirtual().start(this::serve);
    }

    private void serve() {
      try (var peer = meeting.meet()) {
        var taken = take(peer);
        switch (taking.then()) {
          case KEEP -> {
            peer.end().run();
            whole = taken;
          }
          case DIE, REFUSE -> peer.die();
          case STOP -> {
            letGo.await();
            peer.in().transferTo(OutputStream.nullOutputStream());
          }
        }
      } catch (IOException | InterruptedException e) {
        // The connection was reset, or never made.
      }
    }

    private byte[] take(PeerSocket peer) throws IOException {
      var taken = new ByteArrayOutputStream();
      var piece = new byte[taking.pieceBytes()];
      while (takenBytes < taking.untilBytes()) {
        int length = (int) Math.min(piece.length, taking.untilBytes() - takenBytes);
        int read = peer.in().read(piece, 0, length);
        if (read < 0) break;
        taken.write(piece, 0, read);
        takenBytes = taken.size();
      }
      return taken.toByteArray();
    }

    @Override
    public PullTarget<ByteBuffer> target() {
      return meeting.target();
    }

    @Override
    public byte @Nullable [] whole() throws IOException {
      awaitLetGo();
      return whole;
    }

    @Override
    public long takenBytes() {
      return takenBytes;
    }

    @Override
    public long outsideBytes() {
      return 1 << 20;
    }

    @Override
    public void awaitLetGo() throws IOException {
      letGo.countDown();
      meeting.stop();
      Remains.await("the end of the connection", () -> !thread.isAlive());
    }

    @Override
    public void close() throws IOException {
      awaitLetGo();
    }
  }
}
