package highwater.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.codec.Gzip;
import highwater.io.FileStreams;
import highwater.pipeline.Pipeline;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The examples of servlets in docs/library.md.
@Timeout(60)
class ServletExamplesTest {
  @TempDir Path dir;

  // @start region=response
  void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
    response.setContentType("application/gzip");
    var _ =
        Pipeline.from(FileStreams.read(dir.resolve("app.log")))
            .through(Gzip.compress())
            .to(ServletStreams.response(request, response))
            .start(); // and return: no thread waits
  }

  // @end

  // @start region=request
  void doPut(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var run = Pipeline.from(ServletStreams.request(request)).to(FileStreams.write(dir.resolve("inbox"))).start();
    ServletStreams.answerWhenDone(run, request, response, HttpServletResponse.SC_CREATED);
  }

  // @end

  @Test
  void aFileIsServedAndTaken() throws Exception {
    var log = Files.writeString(dir.resolve("app.log"), "some text\n".repeat(50_000));
    try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      var get = HttpRequest.newBuilder(uri(ServletHost.path(this::doGet))).build();
      var given = client.send(get, BodyHandlers.ofByteArray());
      assertThat(given.headers().firstValue("Content-Type")).hasValue("application/gzip");
      try (var unpacked = new GZIPInputStream(new ByteArrayInputStream(given.body()))) {
        assertThat(unpacked.readAllBytes()).isEqualTo(Files.readAllBytes(log));
      }
      var put =
          HttpRequest.newBuilder(uri(ServletHost.path(this::doPut)))
              .PUT(HttpRequest.BodyPublishers.ofFile(log))
              .build();
      assertThat(client.send(put, BodyHandlers.discarding()).statusCode()).isEqualTo(201);
      assertThat(dir.resolve("inbox")).hasSameBinaryContentAs(log);
    }
  }

  private static URI uri(String path) {
    return URI.create("http://127.0.0.1:" + ServletHost.port() + path);
  }
}
