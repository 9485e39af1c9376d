package highwater.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.contract.Pattern;
import highwater.contract.Probe;
import highwater.contract.Remains;
import highwater.pipeline.CancelledException;
import highwater.pipeline.Pipeline;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// TLS is verified, and a client of the user's is used, broken off where a run is, and left open.
@Timeout(60)
class HttpClientOfTheUserTest {
  private static final int BYTES = 3_000_000;

  private static TestCertificate certificate;

  @BeforeAll
  static void makeCertificate() throws Exception {
    certificate = TestCertificate.of("localhost");
  }

  @AfterAll
  static void removeCertificate() throws Exception {
    certificate.close();
  }

  private static HttpClient trusting() {
    return HttpClient.newBuilder()
        .sslContext(certificate.context())
        .followRedirects(HttpClient.Redirect.NORMAL)
        .executor(task -> Thread.ofVirtual().start(task))
        .build();
  }

  private static URI uri(String host, RawServer server) {
    return URI.create("https://" + host + ":" + server.port() + "/data");
  }

  private static RawServer giving() throws Exception {
    return RawServer.of(
        certificate.listen(),
        call -> {
          call.head("HTTP/1.1 200 OK", "Content-Length: " + BYTES);
          call.bytes(0, BYTES);
        });
  }

  @Test
  void aCertificateThatNobodyTrustsIsAFailureAtOnce() throws Exception {
    try (var server = giving()) {
      var uri = uri("localhost", server);
      assertThat(Outcomes.failure(HttpStreams.get(uri).environment(Map.of()), BYTES))
          .contains("TLS: ", "trust store")
          .doesNotContain("more time");
      assertThat(Outcomes.failure(HttpStreams.put(uri).environment(Map.of()), BYTES)).contains("TLS: ", "trust store");
    }
  }

  @Test
  void aCertificateOfAnotherHostIsAFailureAtOnce() throws Exception {
    try (var server = giving();
        var client = trusting()) {
      var uri = uri("127.0.0.1", server);
      assertThat(Outcomes.failure(HttpStreams.get(uri).client(client), BYTES))
          .contains("TLS: ", "expected: a certificate for 127.0.0.1")
          .doesNotContain("more time");
      assertThat(Outcomes.failure(HttpStreams.put(uri).client(client), BYTES))
          .contains("expected: a certificate for 127.0.0.1");
    }
  }

  @Test
  void dataComesThroughTlsWithAClientThatTrusts() throws Exception {
    try (var server = giving();
        var client = trusting()) {
      Outcomes.read(HttpStreams.get(uri("localhost", server)).client(client), BYTES);
      Outcomes.read(HttpStreams.get(uri("localhost", server)).client(client), BYTES);
      assertThat(client.isTerminated()).isFalse();
    }
  }

  @Test
  void dataGoesThroughTlsWithAClientThatTrusts() throws Exception {
    var taken = new AtomicLong();
    try (var server =
            RawServer.of(
                certificate.listen(),
                call -> {
                  taken.addAndGet(Pattern.read(call.body()));
                  call.head("HTTP/1.1 201 Created", "Content-Length: 0", "Connection: close");
                });
        var client = trusting()) {
      Outcomes.write(HttpStreams.put(uri("localhost", server)).client(client), BYTES);
      Outcomes.write(HttpStreams.put(uri("localhost", server)).client(client).length(BYTES), BYTES);
      assertThat(taken).hasValue(2L * BYTES);
      assertThat(client.isTerminated()).isFalse();
    }
  }

  @Test
  void aCancelBreaksTheConnectionAndNotTheClient() throws Exception {
    var ends = new AtomicLong();
    try (var server =
            RawServer.of(
                call -> {
                  if (call.requestLine.startsWith("GET")) {
                    call.head("HTTP/1.1 200 OK", "Content-Length: " + BYTES);
                    call.bytes(0, 1000);
                    call.awaitGone();
                  } else {
                    Pattern.read(call.body());
                    ends.incrementAndGet();
                  }
                });
        var client = trusting()) {
      var in = Probe.of(BYTES);
      var reading = Pipeline.from(HttpStreams.get(server.uri("/x")).client(client)).to(in.target()).start();
      Remains.await("the last byte before the stop", () -> in.movedBytes() == 1000);
      reading.cancel("enough");
      assertThat(catchThrowable(reading::join)).isInstanceOf(CancelledException.class);
      Remains.await("the end of the request", () -> server.active() == 0);

      var out = Probe.stopping(BYTES, BYTES / 2);
      var writing = Pipeline.from(out.origin()).to(HttpStreams.put(server.uri("/x")).client(client)).start();
      Remains.await("the last byte before the stop", () -> out.movedBytes() == BYTES / 2);
      writing.cancel("enough");
      assertThat(catchThrowable(writing::join)).isInstanceOf(CancelledException.class);
      Remains.await("the end of the request", () -> server.active() == 0);
      assertThat(ends).hasValue(0);
      assertThat(client.isTerminated()).isFalse();
    }
  }

  @Test
  void aRedirectThatTheClientFollowsIsAFailureOfAPut() throws Exception {
    try (var server =
            RawServer.of(
                call -> {
                  call.body().readAllBytes();
                  if (call.requestLine.contains("/data")) {
                    call.head("HTTP/1.1 307 So", "Location: /there", "Content-Length: 0");
                  } else {
                    call.head("HTTP/1.1 201 Created", "Content-Length: 0");
                  }
                });
        var client = trusting()) {
      Outcomes.failure(HttpStreams.put(server.uri("/data")).client(client), BYTES);
      var see =
          RawServer.of(
              call -> {
                if (call.requestLine.startsWith("POST")) {
                  call.body().readAllBytes();
                  call.head("HTTP/1.1 303 So", "Location: /there", "Content-Length: 0");
                } else {
                  call.head("HTTP/1.1 200 OK", "Content-Length: 0");
                }
              });
      assertThat(Outcomes.failure(HttpStreams.post(see.uri("/data")).client(client), BYTES)).contains("/there");
      see.close();
    }
  }
}
