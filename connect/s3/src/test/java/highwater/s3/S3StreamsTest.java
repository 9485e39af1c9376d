package highwater.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import highwater.contract.Pattern;
import highwater.contract.Probe;
import highwater.contract.Remains;
import highwater.memory.Budget;
import highwater.pipeline.CancelledException;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.sync.RequestBody;

/// Uploads, downloads and listings against real servers.
@Timeout(240)
class S3StreamsTest {
  private static final int PART = 5 << 20;
  private static final AtomicInteger KEYS = new AtomicInteger();

  private final Budget budget = Budget.of(1L << 30);
  private final String key = "it-" + KEYS.incrementAndGet();

  static Stream<Server> servers() {
    return Stream.of(Server.s3proxy(), Server.s3mock());
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(budget.usedBytes()).isZero();
    // Of this test: those that let the server die leave theirs.
    assertThat(Server.s3proxy().uploads()).noneMatch(upload -> upload.startsWith(key + " "));
  }

  private S3Target target(URI endpoint) {
    return S3Tests.at(S3Streams.write(Server.BUCKET, key), endpoint).partBytes(PART);
  }

  private S3Origin origin(URI endpoint) {
    return S3Tests.at(S3Streams.read(Server.BUCKET, key), endpoint);
  }

  private void upload(S3Target target, long bytes) {
    Pipeline.from(Probe.of(bytes).origin()).to(target).withBudget(budget).run();
  }

  private void download(S3Origin origin, long bytes) {
    Pipeline.from(origin).to(Probe.of(bytes).target()).withBudget(budget).run();
  }

  private void store(int bytes) {
    Server.s3proxy()
        .client()
        .putObject(put -> put.bucket(Server.BUCKET).key(key), RequestBody.fromBytes(Pattern.bytes(bytes)));
  }

  @ParameterizedTest
  @MethodSource("servers")
  void whatWasWrittenIsReadAndListed(Server server) {
    int bytes = 2 * PART + 1;
    upload(target(server.endpoint()).contentType("text/x-pattern").metadata(Map.of("made-by", "a test")), bytes);
    var length = new AtomicLong();
    download(origin(server.endpoint()).partBytes(1 << 20).onLength(length::set), bytes);
    assertThat(length).hasValue(bytes);
    var head = server.client().headObject(ask -> ask.bucket(Server.BUCKET).key(key));
    assertThat(head.contentType()).isEqualTo("text/x-pattern");
    assertThat(head.metadata()).containsEntry("made-by", "a test");
    var listed = list(S3Tests.at(S3Streams.list(Server.BUCKET, key), server.endpoint()));
    assertThat(listed)
        .singleElement()
        .satisfies(
            object -> {
              assertThat(object.key()).isEqualTo(key);
              assertThat(object.sizeBytes()).isEqualTo(bytes);
              assertThat(object.etag()).isNotEmpty().doesNotContain("\"");
              assertThat(object.lastModified()).isAfter("2020-01-01T00:00:00Z");
            });
  }

  @ParameterizedTest
  @MethodSource("servers")
  void smallAndEmptyObjectsToo(Server server) {
    for (int bytes : new int[] {0, 1, 70_000}) {
      upload(target(server.endpoint()), bytes);
      download(origin(server.endpoint()), bytes);
    }
  }

  private List<S3Object> list(S3Listing listing) {
    var all = new ArrayList<S3Object>();
    Pipeline.from(listing).to(Collector.into(all)).withBudget(budget).run();
    return all;
  }

  @Test
  void aListingGoesOverManyPagesAndGivesEachKeyOnce() {
    var server = Server.s3proxy();
    for (int i = 0; i < 25; i++) {
      int number = i;
      server
          .client()
          .putObject(
              put -> put.bucket(Server.BUCKET).key("%s/%02d".formatted(key, number)), RequestBody.fromString("x"));
    }
    var expected = IntStream.range(0, 25).mapToObj(number -> "%s/%02d".formatted(key, number)).toList();
    for (int page : new int[] {1, 5, 7, 25, 1000}) {
      var listing = S3Tests.at(S3Streams.list(Server.BUCKET, key + "/"), server.endpoint()).pageObjects(page);
      assertThat(list(listing)).as("pages of %s", page).extracting(S3Object::key).containsExactlyElementsOf(expected);
    }
    assertThat(list(S3Tests.at(S3Streams.list(Server.BUCKET, "no-such-prefix"), server.endpoint()))).isEmpty();
  }

  @Test
  void onePutWhereItFitsIntoAPartAndNotOneByteMore() throws Exception {
    try (var gate = new Gate(Server.s3proxy())) {
      upload(target(gate.endpoint()), PART);
      assertThat(gate.requests).as("one PUT").hasValue(1);
      download(origin(Server.s3proxy().endpoint()), PART);
      upload(target(gate.endpoint()), PART + 1);
      assertThat(gate.requests).as("and create, two parts, complete").hasValue(1 + 4);
      download(origin(Server.s3proxy().endpoint()), PART + 1);
    }
  }

  @Test
  void partsGrowWithinTheBound() {
    long bytes = (5 + 5 + 10 + 10 + 20 + 20L) * (1 << 20) + 7;
    upload(target(Server.s3proxy().endpoint()).partsMax(8), bytes);
    assertThat(budget.peakBytes()).isLessThanOrEqualTo(4 * (PART + (256L << 10)) + (4 << 20));
    assertThat(etag()).endsWith("-7");
    download(origin(Server.s3proxy().endpoint()), bytes);
  }

  private String etag() {
    var etag = Server.s3proxy().client().headObject(ask -> ask.bucket(Server.BUCKET).key(key)).eTag();
    return etag.replace("\"", "");
  }

  @Test
  void aRunWithoutSurplusUsesOneBufferAndIsWhole() {
    var poor = Budget.of(Pipeline.from(Probe.of(1).origin()).to(target(URI.create("http://h"))).bound().minimumBytes());
    long bytes = 4L * PART + 5;
    Pipeline.from(Probe.of(bytes).origin()).to(target(Server.s3proxy().endpoint()).partsMax(8)).withBudget(poor).run();
    assertThat(poor.usedBytes()).isZero();
    assertThat(etag()).as("parts that could not grow").endsWith("-5");
    var reader = Budget.of((1 << 20) + (64 << 10));
    Pipeline.from(origin(Server.s3proxy().endpoint()).partBytes(1 << 20))
        .to(Probe.of(bytes).target())
        .withBudget(reader)
        .run();
    assertThat(reader.usedBytes()).isZero();
  }

  @Test
  void anObjectOfTooManyPartsFailsWithTheFiguresAndTheRemedy() {
    var failure =
        catchThrowableOfType(
            PipelineException.class,
            () -> upload(target(Server.s3proxy().endpoint()).partsInFlight(1).partsMax(2), 2L * PART + 1));
    assertThat(failure.getCause())
        .hasMessage(
            "cannot write s3://bucket/%s at byte 10485760: its 2 parts are used up (expected: at most 10 MiB with parts of"
                    .formatted(key)
                + " 5 MiB and a budget for all that are in flight; choose larger parts)");
    assertThat(failure.getSuppressed()).isEmpty();
  }

  @Test
  void anObjectThatIsReplacedWhileItIsReadFailsTheRun() throws Exception {
    store(3 << 20);
    var replacement = new byte[3 << 20];
    try (var gate =
        new Gate(Server.s3proxy()) {
          private boolean replaced;

          @Override
          synchronized int toClient(Passage passage, long position, int count) {
            if (position >= 1_000_000 && !replaced) {
              replaced = true;
              Server.s3proxy()
                  .client()
                  .putObject(put -> put.bucket(Server.BUCKET).key(key), RequestBody.fromBytes(replacement));
            }
            return count;
          }
        }) {
      var failure =
          catchThrowable(() -> download(origin(gate.endpoint()).partBytes(256 << 10).partsInFlight(1), 3 << 20));
      assertThat(failure).isInstanceOf(PipelineException.class);
      assertThat(failure.getCause())
          .hasMessageStartingWith("cannot read s3://bucket/" + key + " at byte ")
          .hasMessageContaining(": the object changed meanwhile (expected: one version of the object");
    }
  }

  @Test
  void aRangeThatBreaksOffGoesOnWhereItBroke() throws Exception {
    store(3 << 20);
    try (var gate =
        new Gate(Server.s3proxy()) {
          private int breaks;

          @Override
          synchronized int toClient(Passage passage, long position, int count) {
            if (position >= 300_000 * (breaks + 1L) && breaks < 8) {
              breaks++;
              passage.end();
            }
            return count;
          }
        }) {
      download(origin(gate.endpoint()).partBytes(1 << 20), 3 << 20);
      assertThat(gate.requests.get()).isGreaterThanOrEqualTo(3 + 8);
      assertThat(gate.given.get()).as("bytes that moved twice").isLessThan((3 << 20) + (4L << 20));
    }
  }

  @Test
  void aServerThatTakesNothingForLongIsAFailure() throws Exception {
    try (var gate =
        new Gate(Server.s3proxy()) {
          @Override
          int toServer(Passage passage, int count) throws Exception {
            if (taken.get() > 100_000) passage.stopReading();
            return count;
          }
        }) {
      var failure = catchThrowable(() -> upload(target(gate.endpoint()).idleTimeout(Duration.ofSeconds(1)), 3L * PART));
      assertThat(failure.getCause()).hasMessageContaining("not a byte moved for 1 s (expected: ");
    }
  }

  @Test
  void aCancelAfterTheObjectWasMadeSaysSo() throws Exception {
    var answered = new AtomicInteger();
    try (var gate =
        new Gate(Server.s3proxy()) {
          @Override
          void bodyPassed(Passage passage) throws Exception {
            answered.incrementAndGet();
          }
        }) {
      var run = Pipeline.from(Probe.of(3L * PART).origin()).to(target(gate.endpoint())).withBudget(budget).start();
      Remains.await("the last part", () -> answered.get() == 3);
      run.cancel("enough");
      var failure = catchThrowable(run::join);
      var object = Server.s3proxy().client().listObjectsV2(list -> list.bucket(Server.BUCKET).prefix(key));
      // Decided once: either there is no object, or the run has succeeded, or it says that the object stays.
      if (object.keyCount() == 0) assertThat(failure).isInstanceOf(CancelledException.class);
      else if (failure != null) {
        assertThat(failure.getSuppressed()).anyMatch(told -> told.getMessage().contains("(expected: "));
      }
    }
  }

  // ---------------------------------------------------------------- messages

  private static String messageOf(Runnable body) {
    var failure = catchThrowableOfType(PipelineException.class, body::run);
    var message = failure.getCause().getMessage();
    assertThat(message).doesNotContain("\n").contains("(expected: ").doesNotContain(Server.SECRET);
    return message;
  }

  @Test
  void whatTheServerRefusesIsOneLineWithWhatToDo() throws Exception {
    var endpoint = Server.s3proxy().endpoint();
    assertThat(messageOf(() -> download(origin(endpoint), 1)))
        .isEqualTo(
            "cannot read s3://bucket/"
                + key
                + " at byte 0: there is no such object (expected: an existing key; check the name, which is exact to"
                + " the letter)");
    assertThat(messageOf(() -> download(S3Tests.at(S3Streams.read("nowhere", "k"), endpoint), 1)))
        .contains("there is no bucket nowhere (expected: an existing bucket");
    assertThat(refusalOf(() -> upload(S3Tests.at(S3Streams.write("nowhere", "k"), endpoint).partBytes(PART), 1)))
        .contains("there is no bucket nowhere");
    assertThat(
            refusalOf(() -> upload(S3Tests.at(S3Streams.write("nowhere", "k"), endpoint).partBytes(PART), 2L * PART)))
        .startsWith("cannot write s3://nowhere/k at byte 0: there is no bucket nowhere");
    assertThat(messageOf(() -> list(S3Tests.at(S3Streams.list("nowhere", ""), endpoint))))
        .startsWith("cannot list s3://nowhere/: there is no bucket nowhere");
    assertThat(refusalOf(() -> upload(target(endpoint).client(() -> stranger("test", "wrong")), 1)))
        .contains("the server refuses the signature (expected: the secret that belongs to the access key");
    assertThat(refusalOf(() -> upload(target(endpoint).client(() -> stranger("stranger", "wrong")), 1)))
        .contains("(expected: credentials");
    try (var gate =
        new Gate(Server.s3proxy()) {
          @Override
          boolean answers(Passage passage) throws Exception {
            return passage.answer("400 Bad Request", "ExpiredToken");
          }
        }) {
      assertThat(messageOf(() -> download(origin(gate.endpoint()), 1)))
          .contains("the credentials have expired or are not valid (expected: fresh ones");
    }
  }

  /// The message of an upload that is refused. A server that answers and closes before it has read the body may break the
  /// client's write, and the client then drops the answer: it is asked again.
  private static String refusalOf(Runnable upload) {
    for (int tries = 1; ; tries++) {
      var message = messageOf(upload);
      if (tries == 20 || !message.contains("the server stopped taking the data")) return message;
    }
  }

  private static software.amazon.awssdk.services.s3.S3Client stranger(String id, String secret) {
    return Server.client(Server.s3proxy().endpoint(), id, secret);
  }

  @Test
  void aServerThatIsNotThereIsOneLineToo() {
    assertThat(messageOf(() -> upload(target(URI.create("http://127.0.0.1:9")), 1)))
        .contains("no connection: Connection refused (expected: a server that listens there");
    assertThat(messageOf(() -> download(origin(URI.create("http://no-such-host.invalid")), 1)))
        .contains("there is no host no-such-host.invalid");
  }

  @Test
  void anEndpointWithAPasswordIsRefusedAndNotRepeated() {
    var refused = catchThrowable(() -> origin(URI.create("http://user:hidden@host")));
    assertThat(refused).hasMessageContaining("(expected: ").hasMessageNotContaining("hidden");
  }
}
