package highwater.net;

import highwater.strand.Hosting;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// How a [Listener] listens; how its connections are kept is in its [NetSettings].
///
/// @param connectionsMax how many connections of a server are open at once
/// @param waitsWhenFull whether more than those wait, or are reset
/// @param backlog how many wait in the system, about
/// @param hosting who drives the strands of a server's connections
/// @param failures who is told what a server's connection failed with, or null for the default
/// @param listening who is told the address
/// @param patience how long an origin or a target waits for its connection
/// @param awaitsPeerEnd whether a target is done only when its peer has ended too
record Manner(
    int connectionsMax,
    boolean waitsWhenFull,
    int backlog,
    Hosting hosting,
    @Nullable Consumer<? super Throwable> failures,
    Consumer<? super SocketAddress> listening,
    Duration patience,
    boolean awaitsPeerEnd) {
  static final Manner DEFAULT =
      new Manner(
          Listener.DEFAULT_MAX_CONNECTIONS, false, 511, Hosting.FILE_HOST, null, _ -> {}, Duration.ofHours(24), true);

  Manner {
    check("max connections", connectionsMax, 1_000_000);
    check("backlog", backlog, 65_535);
    NetSettings.checkTime("accept timeout", patience);
  }

  private static void check(String name, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 1 to " + most + ")");
    }
  }

  /// The same but for what `change` changes.
  Manner with(Consumer<Draft> change) {
    var draft = new Draft(this);
    change.accept(draft);
    return new Manner(
        draft.connectionsMax,
        draft.waitsWhenFull,
        draft.backlog,
        draft.hosting,
        draft.failures,
        draft.listening,
        draft.patience,
        draft.awaitsPeerEnd);
  }

  /// What is changed before it is fixed.
  static final class Draft {
    int connectionsMax;
    boolean waitsWhenFull;
    int backlog;
    Hosting hosting;
    @Nullable Consumer<? super Throwable> failures;
    Consumer<? super SocketAddress> listening;
    Duration patience;
    boolean awaitsPeerEnd;

    private Draft(Manner from) {
      connectionsMax = from.connectionsMax;
      waitsWhenFull = from.waitsWhenFull;
      backlog = from.backlog;
      hosting = from.hosting;
      failures = from.failures;
      listening = from.listening;
      patience = from.patience;
      awaitsPeerEnd = from.awaitsPeerEnd;
    }
  }
}
