package highwater.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.contract.Pattern;
import highwater.contract.Remains;
import highwater.pipeline.Pipeline;
import highwater.pipeline.Target;
import highwater.strand.Strand;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a server does: one strand for each connection, a limit, a graceful end, and failures that stay where they were made.
@Timeout(60)
class ServerTest {
  @TempDir Path folder;

  private static Listener listener() {
    return NetStreams.listen("127.0.0.1", 0);
  }

  private static Socket connect(Server server) throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(30_000);
    return socket;
  }

  /// Who comes while the thread that accepts is being told is reset, later ones are refused.
  private static boolean isRefused(Server server) {
    try (var _ = connect(server)) {
      return false;
    } catch (IOException e) {
      return e.getMessage().contains("refused");
    }
  }

  private static void echo(Connection connection) {
    connection.stream().pipe(connection.stream());
  }

  private static void assertReset(Socket socket) {
    assertThat(catchThrowable(() -> socket.getInputStream().readAllBytes()))
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("reset");
  }

  private static void awaitClosed(Server server) throws Exception {
    server.whenClosed().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  /// Writes the pattern and ends this side while it is read back.
  private static long echoed(Socket socket, int bytes) throws Exception {
    var writing = new CompletableFuture<Void>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                Pattern.write(socket.getOutputStream(), 0, bytes, 10_000);
                socket.shutdownOutput();
                writing.complete(null);
              } catch (IOException e) {
                writing.completeExceptionally(e);
              }
            });
    long read = Pattern.read(socket.getInputStream());
    writing.get(30, TimeUnit.SECONDS);
    return read;
  }

  @Test
  void eachConnectionIsServed() throws Exception {
    try (var server = listener().start(ServerTest::echo);
        var first = connect(server);
        var second = connect(server)) {
      assertThat(echoed(second, 3_000_000)).isEqualTo(3_000_000);
      assertThat(echoed(first, 1000)).isEqualTo(1000);
      assertThat(server.acceptedConnections()).isEqualTo(2);
      Remains.await("the end of both", () -> server.connections() == 0);
      assertThat(server.failedConnections()).isZero();
    }
  }

  @Test
  void thePortThatTheSystemChoseIsTold() throws Exception {
    var told = new AtomicReference<Object>();
    try (var server = listener().onListening(told::set).start(ServerTest::echo)) {
      assertThat(server.port()).isPositive();
      assertThat(told).hasValue(server.address());
    }
  }

  @Test
  void whatToldTheAddressAndThrowsLeavesNobodyListening() throws Exception {
    var path = folder.resolve("socket");
    var addresses = new CopyOnWriteArrayList<SocketAddress>();
    for (var listener : List.of(listener(), NetStreams.listen(path))) {
      var telling =
          listener.onListening(
              address -> {
                addresses.add(address);
                throw new IllegalStateException("on purpose");
              });
      assertThatThrownBy(() -> telling.start(ServerTest::echo)).hasMessage("on purpose");
    }
    assertThat(path).doesNotExist();
    int port = ((InetSocketAddress) addresses.getFirst()).getPort();
    try (var server = NetStreams.listen("127.0.0.1", port).start(ServerTest::echo)) {
      assertThat(server.port()).isEqualTo(port);
    }
  }

  /// Starts a server that accepts as `entrance` does.
  private static Server start(Consumer<Throwable> told, Thrower thrower) throws IOException {
    var channel = ServerSocketChannel.open();
    channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    var entrance =
        new Entrance(channel, channel.getLocalAddress(), null) {
          private boolean thrown;

          @Override
          SocketChannel accept() throws IOException {
            if (thrown) return super.accept();
            thrown = true;
            throw thrower.error();
          }
        };
    var manner = Manner.DEFAULT.with(draft -> draft.failures = told);
    return Server.start("tcp://test", entrance, NetSettings.DEFAULT, manner, ServerTest::echo);
  }

  private interface Thrower {
    Error error();
  }

  @Test
  void whateverItMeetsWhileItAcceptsIsToldAndItGoesOn() throws Exception {
    var failures = new CopyOnWriteArrayList<Throwable>();
    try (var server = start(failures::add, () -> new NoClassDefFoundError("on purpose"));
        var socket = connect(server)) {
      assertThat(echoed(socket, 1000)).isEqualTo(1000);
      assertThat(failures).singleElement().isInstanceOf(NoClassDefFoundError.class);
      assertThat(server.isListening()).isTrue();
    }
  }

  @Test
  void aServerThatCannotGoOnIsClosedAndSaysSo() throws Exception {
    Thrower interrupting =
        () -> {
          // Its thread is interrupted by nobody: as good as anything else that cannot be.
          Thread.currentThread().interrupt();
          return new NoClassDefFoundError("on purpose");
        };
    try (var server = start(_ -> {}, interrupting)) {
      assertThat(catchThrowable(() -> awaitClosed(server))).hasCauseInstanceOf(InterruptedException.class);
      assertThat(server.isListening()).isFalse();
      assertThat(isRefused(server)).isTrue();
    }
  }

  @Test
  void aPortThatIsTakenIsSaidInOneLine() throws Exception {
    try (var server = listener().start(ServerTest::echo)) {
      var second = NetStreams.listen("127.0.0.1", server.port());
      assertThatThrownBy(() -> second.start(ServerTest::echo))
          .hasMessage(
              "tcp-listen://127.0.0.1:"
                  + server.port()
                  + ": somebody listens there already (expected: a free port; 0 takes any)");
    }
  }

  @Test
  void anAddressOfAnotherMachineIsSaidInOneLine() {
    assertThatThrownBy(() -> NetStreams.listen("192.0.2.1", 0).start(ServerTest::echo))
        .hasMessage(
            "tcp-listen://192.0.2.1:0: not an address of this machine (expected: one of its own, or 0.0.0.0 for all)");
  }

  @Test
  void oneMoreThanTheLimitIsReset() throws Exception {
    try (var server = listener().maxConnections(1).start(ServerTest::echo);
        var first = connect(server)) {
      first.getOutputStream().write(1);
      assertThat(first.getInputStream().read()).isEqualTo(1);
      try (var second = connect(server)) {
        assertReset(second);
      }
      assertThat(server.droppedConnections()).isEqualTo(1);
      assertThat(echoed(first, 1000)).isEqualTo(1000);
      Remains.await("room", () -> server.connections() == 0);
      try (var third = connect(server)) {
        assertThat(echoed(third, 1000)).isEqualTo(1000);
      }
    }
  }

  @Test
  void oneMoreThanTheLimitWaitsWhereThatIsWished() throws Exception {
    try (var server = listener().maxConnections(1).waitWhenFull(true).start(ServerTest::echo);
        var first = connect(server);
        var second = connect(server)) {
      second.getOutputStream().write(2);
      first.getOutputStream().write(1);
      assertThat(first.getInputStream().read()).isEqualTo(1);
      assertThat(server.acceptedConnections()).isEqualTo(1);
      first.shutdownOutput();
      assertThat(second.getInputStream().read()).isEqualTo(2);
      assertThat(server.droppedConnections()).isZero();
      assertThat(server.acceptedConnections()).isEqualTo(2);
    }
  }

  @Test
  void aHandlerThatThrowsResetsItsConnectionAndNoOther() throws Exception {
    var failures = new CopyOnWriteArrayList<Throwable>();
    ConnectionHandler handler =
        connection -> {
          connection.stream()
              .onData(
                  chunk -> {
                    if (chunk.get(chunk.position()) == 'x') throw new IllegalStateException("on purpose");
                    var _ = connection.stream().write(chunk);
                  });
        };
    try (var server = listener().onFailure(failures::add).start(handler);
        var good = connect(server);
        var bad = connect(server)) {
      good.getOutputStream().write('a');
      assertThat(good.getInputStream().read()).isEqualTo('a');
      bad.getOutputStream().write('x');
      assertReset(bad);
      good.getOutputStream().write('b');
      assertThat(good.getInputStream().read()).isEqualTo('b');
      Remains.await("the failure", () -> server.failedConnections() == 1);
      assertThat(failures).singleElement().extracting(Throwable::getMessage).isEqualTo("on purpose");
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void aHandlerThatThrowsAtOnceResets() throws Exception {
    var failures = new CopyOnWriteArrayList<Throwable>();
    ConnectionHandler handler =
        _ -> {
          throw new IOException("at once");
        };
    try (var server = listener().onFailure(failures::add).start(handler);
        var socket = connect(server)) {
      assertReset(socket);
      Remains.await("the failure", () -> server.failedConnections() == 1);
      assertThat(failures).singleElement().extracting(Throwable::getMessage).isEqualTo("at once");
    }
  }

  @Test
  void aResetOfTheClientIsAFailureOfItsConnectionAlone() throws Exception {
    var failures = new CopyOnWriteArrayList<Throwable>();
    try (var server = listener().onFailure(failures::add).start(ServerTest::echo);
        var good = connect(server)) {
      try (var bad = connect(server)) {
        bad.getOutputStream().write(1);
        assertThat(bad.getInputStream().read()).isEqualTo(1);
        bad.setSoLinger(true, 0);
      }
      Remains.await("the failure", () -> server.failedConnections() == 1);
      assertThat(failures.getFirst())
          .hasMessageContaining(": connection reset by its peer after 1 bytes received (expected: ");
      assertThat(echoed(good, 1000)).isEqualTo(1000);
    }
  }

  @Test
  void aShutdownLetsTheRunningOnesFinish() throws Exception {
    try (var server = listener().start(ServerTest::echo);
        var socket = connect(server)) {
      socket.getOutputStream().write(1);
      assertThat(socket.getInputStream().read()).isEqualTo(1);
      var over = server.shutdown(Duration.ofSeconds(30)).toCompletableFuture();
      Remains.await("the end of listening", () -> isRefused(server));
      assertThat(over).isNotDone();
      assertThat(echoed(socket, 1_000_000)).isEqualTo(1_000_000);
      over.get(30, TimeUnit.SECONDS);
      assertThat(server.isListening()).isFalse();
      // The address is free again.
      try (var next = NetStreams.listen("127.0.0.1", server.port()).start(ServerTest::echo)) {
        assertThat(next.port()).isEqualTo(server.port());
      }
    }
  }

  @Test
  void whoIsNotDoneByTheDeadlineIsReset() throws Exception {
    var failures = new CopyOnWriteArrayList<Throwable>();
    try (var server = listener().onFailure(failures::add).start(ServerTest::echo);
        var socket = connect(server)) {
      socket.getOutputStream().write(1);
      assertThat(socket.getInputStream().read()).isEqualTo(1);
      server.shutdown(Duration.ofMillis(50)).toCompletableFuture().get(30, TimeUnit.SECONDS);
      assertReset(socket);
      assertThat(failures.getFirst())
          .hasMessage(
              "tcp-listen://127.0.0.1:"
                  + server.port()
                  + ": shut down before the connection was over (expected: its end, or more time)");
    }
  }

  @Test
  void aConnectionWhoseHandlerHangsIsResetAllTheSame() throws Exception {
    var entered = new CompletableFuture<Void>();
    var hangs = new CompletableFuture<Void>();
    try (var server =
            listener()
                .start(
                    _ -> {
                      entered.complete(null);
                      hangs.join();
                    });
        var socket = connect(server)) {
      entered.join();
      var _ = server.shutdown(Duration.ZERO);
      awaitClosed(server);
      assertReset(socket);
    } finally {
      hangs.complete(null);
    }
  }

  @Test
  void anOpenConnectionKeepsItsStrandWhileItsHandlerWaits() throws Exception {
    var answer = new CompletableFuture<byte[]>();
    try (var server =
            listener()
                .start(
                    connection -> {
                      var strand = Strand.current();
                      var _ =
                          answer.thenAccept(
                              bytes -> strand.post(() -> connection.stream().end(ByteBuffer.wrap(bytes))));
                    });
        var socket = connect(server)) {
      Remains.await("the connection", () -> server.connections() == 1);
      answer.complete(new byte[] {7});
      assertThat(socket.getInputStream().read()).isEqualTo(7);
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void aSlowReaderHoldsBackTheWriter() throws Exception {
    var pulled = new AtomicLong();
    long total = 1L << 30;
    ConnectionHandler handler =
        connection ->
            highwater.ReadableStream.<ByteBuffer>from(
                    feed -> {
                      if (pulled.addAndGet(1 << 16) > total) feed.end();
                      else feed.push(ByteBuffer.allocate(1 << 16));
                    },
                    highwater.StreamOptions.bytes())
                .pipe(connection.stream());
    try (var server = listener().systemBuffers(64 << 10, 0).start(handler);
        var socket = new Socket()) {
      socket.setReceiveBufferSize(64 << 10);
      socket.connect(server.address());
      assertThat(socket.getInputStream().read()).isZero();
      // Two marks of 64 KiB, what goes beyond them, and the two systems' buffers.
      assertThat(Remains.awaitQuiet(pulled::get)).isLessThan(2 << 20);
      // Closed while full.
      var _ = server.shutdown(Duration.ZERO);
      awaitClosed(server);
      assertReset(socket);
    }
  }

  @Test
  void aUnixDomainSocketComesAndGoesWithItsServer() throws Exception {
    var path = folder.resolve("socket");
    var listener = NetStreams.listen(path);
    try (var server = listener.start(ServerTest::echo)) {
      assertThatThrownBy(() -> listener.start(ServerTest::echo))
          .hasMessage(
              "unix-listen:"
                  + path
                  + ": a socket lies there already (expected: a free path; if nobody listens any more, as after a kill"
                  + " -9, remove it)");
      assertThatThrownBy(server::port).hasMessageContaining("has no port");
      var read = new AtomicLong();
      Strand.run(
          () -> {
            var stream = NetStreams.connect(path).open();
            stream.onData(chunk -> read.set(Pattern.check(chunk, read.get())));
            stream.end(ByteBuffer.wrap(Pattern.bytes(300_000)));
          });
      assertThat(read).hasValue(300_000);
      server.shutdown(Duration.ofSeconds(30)).toCompletableFuture().get(30, TimeUnit.SECONDS);
      assertThat(Files.exists(path)).isFalse();
    }
  }

  @Test
  void aPathWhereSomethingElseLiesIsRefused() throws Exception {
    var file = Files.writeString(folder.resolve("file"), "mine");
    var link = Files.createSymbolicLink(folder.resolve("link"), Path.of("nowhere"));
    for (Path path : List.of(file, link, folder)) {
      assertThatThrownBy(() -> NetStreams.listen(path).start(ServerTest::echo))
          .hasMessage("unix-listen:" + path + ": something lies there that is no socket (expected: a free path)");
    }
    assertThat(file).hasContent("mine");
    assertThat(link).isSymbolicLink();
  }

  @Test
  void aFileThatIsSomebodyElsesByNowStays() throws Exception {
    var path = folder.resolve("socket");
    try (var server = NetStreams.listen(path).start(ServerTest::echo)) {
      Files.delete(path);
      Files.writeString(path, "other");
      var _ = server.shutdown(Duration.ZERO);
      awaitClosed(server);
      assertThat(path).hasContent("other");
    }
  }

  @Test
  void anOriginWaitsForOneConnectionAndLetsNobodyElseIn() throws Exception {
    var address = new CompletableFuture<java.net.SocketAddress>();
    var giver =
        Thread.ofVirtual()
            .start(
                () -> {
                  try (var socket = new Socket()) {
                    socket.connect(address.join());
                    Pattern.write(socket.getOutputStream(), 0, 500_000, 7000);
                  } catch (IOException e) {
                    throw new AssertionError(e);
                  }
                });
    var read = new AtomicLong();
    Pipeline.from(listener().onListening(address::complete).origin())
        .to(Target.<ByteBuffer>forEach(chunk -> read.set(Pattern.check(chunk, read.get()))))
        .run();
    giver.join();
    assertThat(read).hasValue(500_000);
    assertThatThrownBy(
            () -> {
              try (var socket = new Socket()) {
                socket.connect(address.join());
              }
            })
        .hasMessageContaining("refused");
  }

  @Test
  void anOriginThatNobodyConnectsToGivesUp() {
    var failure =
        catchThrowable(
            () ->
                Pipeline.from(listener().acceptTimeout(Duration.ofMillis(50)).origin())
                    .to(Target.<ByteBuffer>forEach(_ -> {}))
                    .run());
    assertThat(failure.getCause())
        .hasMessage(
            "tcp-listen://127.0.0.1:0: nobody has connected for 0.05s (expected: a client in that time; allow more with"
                + " acceptTimeout)");
  }

  @Test
  void aConnectionIsResetBehindItsEndWhereThatIsWished() throws Exception {
    try (var server =
            listener()
                .allowHalfOpen(true)
                .start(
                    connection -> {
                      connection.stream().onData(_ -> connection.resetAndDestroy());
                      connection.stream().end();
                    });
        var socket = connect(server)) {
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
      socket.getOutputStream().write(1);
      assertThat(
              catchThrowable(
                  () -> {
                    for (; ; ) socket.getOutputStream().write(new byte[1000]);
                  }))
          .isInstanceOf(SocketException.class);
    }
  }

  @Test
  void aPauseIsToldOnceAndClosesNothing() throws Exception {
    var told = new CopyOnWriteArrayList<String>();
    Strand.run(
        () -> {
          try {
            var server = listener().start(ServerTest::echo);
            var connection = NetStreams.connect(server.address()).openConnection();
            var stream = connection.stream();
            assertThat(connection.isConnecting()).isTrue();
            connection.setNoDelay(false);
            connection.setKeepAlive(false);
            connection.setTimeout(
                Duration.ofMillis(20),
                () -> {
                  told.add("pause");
                  if (told.size() == 1) {
                    var _ = stream.write(ByteBuffer.allocate(1000));
                  } else {
                    connection.setTimeout(Duration.ZERO, () -> {});
                    stream.end();
                  }
                });
            stream.onEnd(
                () -> {
                  assertThat(connection.bytesRead()).isEqualTo(1000);
                  assertThat(connection.bytesWritten()).isEqualTo(1000);
                  assertThat(connection.remoteAddress()).isEqualTo(server.address());
                  assertThat(connection.localAddress()).isNotNull();
                  told.add("end");
                });
            stream.onClose(server::close);
            stream.resume();
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
    assertThat(told).isEqualTo(List.of("pause", "pause", "end"));
  }
}
