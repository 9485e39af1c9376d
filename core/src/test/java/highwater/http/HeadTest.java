package highwater.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import highwater.codec.Gzip;
import highwater.io.FileStreams;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineRun;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What `HttpServerStreams` answers to a HEAD.
@Timeout(30)
class HeadTest {
  @TempDir Path dir;

  @Test
  void itIsTheHeadersOfAGetWithoutABody() throws Exception {
    var log = Files.writeString(dir.resolve("log"), "some text\n".repeat(100_000));
    var path =
        ExchangeHost.path(
            HttpServerStreams.handler(
                exchange -> {
                  exchange.getResponseHeaders().set("Content-Type", "text/plain");
                  return Pipeline.from(FileStreams.read(log))
                      .through(Gzip.compress())
                      .to(HttpServerStreams.response(exchange).status(203));
                }));
    // Another request follows on the same connection: nothing of a body may stand between the two answers.
    var answers = twice(path);
    assertThat(answers).startsWith("HTTP/1.1 203 ").contains("Content-type: text/plain\r\n").endsWith("\r\n\r\n");
    assertThat(answers.split("\r\n\r\n")).hasSize(2).allSatisfy(each -> assertThat(each).startsWith("HTTP/1.1 203 "));
  }

  @Test
  void theLengthThatIsSaidIsAnnounced() throws Exception {
    var path =
        ExchangeHost.path(
            HttpServerStreams.handler(
                exchange ->
                    Pipeline.from(chunks(new int[1])).to(HttpServerStreams.response(exchange).length(1 << 20))));
    assertThat(once(path)).startsWith("HTTP/1.1 200 ").containsIgnoringCase("Content-length: 1048576\r\n");
  }

  @Test
  void aLengthOfTheHandlersOwnStays() throws Exception {
    var path =
        ExchangeHost.path(
            HttpServerStreams.handler(
                exchange -> {
                  exchange.getResponseHeaders().set("Content-Length", "7");
                  return Pipeline.from(chunks(new int[1])).to(HttpServerStreams.response(exchange));
                }));
    assertThat(once(path)).startsWith("HTTP/1.1 200 ").containsIgnoringCase("Content-length: 7\r\n");
  }

  @Test
  void anEmptyBodyIsAnsweredToo() throws Exception {
    var empty = Files.createFile(dir.resolve("empty"));
    var path =
        ExchangeHost.path(
            HttpServerStreams.handler(
                exchange -> Pipeline.from(FileStreams.read(empty)).to(HttpServerStreams.response(exchange))));
    assertThat(once(path)).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void theSourceIsReadUpToItsFirstChunkAndTheRunSucceeds() throws Exception {
    var made = new int[1];
    var run = new CompletableFuture<PipelineRun>();
    var path =
        ExchangeHost.path(
            exchange -> run.complete(Pipeline.from(chunks(made)).to(HttpServerStreams.response(exchange)).start()));
    assertThat(once(path)).startsWith("HTTP/1.1 200 ");
    assertThat(run.get(20, TimeUnit.SECONDS).join()).isNotNull();
    assertThat(made[0]).isEqualTo(1);
  }

  @Test
  void aSourceThatFailsBeforeItsFirstChunkIsA500AsToAGet() throws Exception {
    var path =
        ExchangeHost.path(
            HttpServerStreams.handler(
                exchange ->
                    Pipeline.from(Origin.fromIterable(HeadTest::failing))
                        .to(HttpServerStreams.response(exchange).length(5))));
    assertThat(once(path)).startsWith("HTTP/1.1 500 ").doesNotContain("5\r\n");
  }

  private static Iterator<ByteBuffer> failing() {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return true;
      }

      @Override
      public ByteBuffer next() {
        throw new IllegalStateException("no rows");
      }
    };
  }

  /// Without an end, and counted.
  private static Origin<ByteBuffer> chunks(int[] made) {
    return Origin.fromIterable(
        () ->
            new Iterator<>() {
              @Override
              public boolean hasNext() {
                return true;
              }

              @Override
              public ByteBuffer next() {
                made[0]++;
                return ByteBuffer.allocate(1000);
              }
            });
  }

  private static String once(String path) throws Exception {
    return answers("HEAD " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  }

  private static String twice(String path) throws Exception {
    return answers(
        "HEAD "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\n\r\nHEAD "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  }

  private static String answers(String requests) throws Exception {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), ExchangeHost.port())) {
      socket.getOutputStream().write(requests.getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }
}
