package highwater.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Who hears of what a server's handler throws.
@Timeout(60)
class HandlerFailureTest {
  private final CompletableFuture<Throwable> uncaught = new CompletableFuture<>();
  private Thread.@Nullable UncaughtExceptionHandler before;

  @BeforeEach
  void listen() {
    before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((_, thrown) -> uncaught.complete(thrown));
  }

  @AfterEach
  void listenNoMore() {
    Thread.setDefaultUncaughtExceptionHandler(before);
  }

  @Test
  void whatNobodyIsToldOfNamesItsConnection() throws Exception {
    var thrown = new IllegalArgumentException("no such order");
    try (var server = NetStreams.listen("127.0.0.1", 0).start(_ -> fail(thrown));
        var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      assertThat(uncaught.get(30, TimeUnit.SECONDS))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "tcp://127.0.0.1:"
                  + socket.getLocalPort()
                  + ": its handler failed (expected: one that returns; the connection was reset)")
          .cause()
          .isSameAs(thrown);
    }
  }

  @Test
  void whoWantsToBeToldIsGivenWhatWasThrown() throws Exception {
    var thrown = new IllegalArgumentException("no such order");
    var told = new CompletableFuture<Throwable>();
    try (var server = NetStreams.listen("127.0.0.1", 0).onFailure(told::complete).start(_ -> fail(thrown));
        var _ = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      assertThat(told.get(30, TimeUnit.SECONDS)).isSameAs(thrown);
      assertThat(uncaught).isNotDone();
    }
  }

  private static void fail(RuntimeException thrown) {
    throw thrown;
  }
}
