package highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import highwater.contract.Remains;
import highwater.s3.Server;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/// The scripts under `examples/`, run as users run them, against a server that speaks S3.
@Timeout(180)
class ExamplesTest {
  private static final Path EXAMPLES = Path.of("..", "examples").toAbsolutePath().normalize();
  private static final Server SERVER = Server.s3proxy();

  @TempDir Path folder;
  private Path command;

  @BeforeEach
  void writeCommand() {
    command = Child.command(folder.resolve("highwater"));
  }

  private Child.Ended run(String script) {
    return Child.runBash(folder, environment() + script);
  }

  private String environment() {
    return "export HIGHWATER="
        + command
        + " AWS_ACCESS_KEY_ID="
        + Server.KEY_ID
        + " AWS_SECRET_ACCESS_KEY="
        + Server.SECRET
        + " AWS_REGION=us-east-1 no_proxy=127.0.0.1 NO_PROXY=127.0.0.1 AWS_ENDPOINT_URL_S3="
        + SERVER.endpoint()
        + "; ";
  }

  private static boolean exists(String key) {
    try {
      SERVER.client().headObject(head -> head.bucket(Server.BUCKET).key(key));
      return true;
    } catch (NoSuchKeyException e) {
      return false;
    }
  }

  private static String address(String key) {
    return "s3://" + Server.BUCKET + "/" + key;
  }

  /// The story of the README: what uploads in the shell pipe may be anything, for it sees an end where there was none.
  @Test
  void aDumpThatDiesLeavesAWholeLookingBackupBehindAPipeAndNoneBehindHighwater() {
    var ended =
        run(
            "export UPLOAD='"
                + command
                + " pipe -' ROWS=600000; "
                + EXAMPLES
                + "/truncated-backup/run "
                + Server.BUCKET);
    assertThat(ended.outText())
        .contains("shell.gz\nexit code 0\n")
        .contains("gzip says that it is whole\n")
        .endsWith("highwater.gz\nexit code 1\n");
    assertThat(ended.err().lines().toList().getLast())
        .matches(
            "highwater: cannot read exec:./dump at byte [0-9]+: it ended with exit code 1: dump: the connection to the"
                + " database was lost \\(expected: exit code 0\\)");
    assertThat(exists("shell.gz")).isTrue();
    assertThat(exists("highwater.gz")).isFalse();
    assertThat(SERVER.uploads()).isEmpty();
  }

  @Test
  void anObjectIsRecompressedWithoutAFileBetween() {
    run(command + " pipe exec:'seq 1 300000' gzip " + address("numbers.gz")).quietly();
    var ended = run(EXAMPLES + "/recompress/run " + address("numbers.gz") + " " + address("numbers.zst"));
    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(ended.err()).matches("hash:sha256  [0-9a-f]{64}\n");
    String sum = run("seq 1 300000 | sha256sum").outText();
    assertThat(run(command + " pipe " + address("numbers.zst") + " unzstd - | sha256sum").outText()).isEqualTo(sum);
  }

  @Test
  void aDownloadIsVerifiedBeforeItsFolderHasItsName() throws Exception {
    Files.createDirectory(folder.resolve("src"));
    Files.writeString(folder.resolve("src/one"), "1\n");
    run("tar czf release.tar.gz src").quietly();
    byte[] archive = Files.readAllBytes(folder.resolve("release.tar.gz"));
    String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(archive));
    var server = serve(archive);
    try {
      String run =
          EXAMPLES
              + "/download-verify-unpack/run http://127.0.0.1:"
              + server.getAddress().getPort()
              + "/release.tar.gz ";
      var wrong = run(run + "0".repeat(64) + " out");
      assertThat(wrong.code()).isEqualTo(ExitCode.FAILED.number);
      assertThat(wrong.err()).hasLineCount(1).contains("expected was 0000");
      assertThat(folder.resolve("out")).doesNotExist();
      assertThat(folder.resolve("out.unverified")).doesNotExist();
      run(run + sha256 + " out").quietly();
      assertThat(folder.resolve("out/src/one")).hasContent("1\n");
    } finally {
      server.stop(0);
    }
  }

  private static HttpServer serve(byte[] bytes) throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
          }
        });
    server.start();
    return server;
  }

  @Test
  void aDumpOfUnknownLengthGrowsIntoAnObject() {
    var ended = run(EXAMPLES + "/growing-dump/run 'seq 1 2000000' " + address("grown.zst"));
    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(ended.outText()).contains("data in flight at most ").contains(" parts ");
    assertThat(run(command + " pipe " + address("grown.zst") + " unzstd - | tail -n 1").outText())
        .isEqualTo("2000000\n");
  }

  @Test
  void aKilledUploadLeavesNoObject() throws Exception {
    var words = "exec '" + command + "' pipe sh:'head -c 30000000 /dev/zero; exec sleep 600' " + address("killed");
    try (var child = Child.bash(folder, environment() + words)) {
      Remains.await("the upload", () -> !SERVER.uploads().isEmpty());
      child.signal("KILL");
      assertThat(child.ended().code()).isEqualTo(137);
    }
    assertThat(exists("killed")).isFalse();
    var left = SERVER.client().listMultipartUploads(list -> list.bucket(Server.BUCKET)).uploads();
    assertThat(left).extracting(upload -> upload.key()).containsExactly("killed");
    SERVER
        .client()
        .abortMultipartUpload(abort -> abort.bucket(Server.BUCKET).key("killed").uploadId(left.getFirst().uploadId()));
  }

  @Test
  void anInterruptedUploadLeavesNeitherAnObjectNorAnUpload() throws Exception {
    var words = "exec '" + command + "' pipe sh:'head -c 30000000 /dev/zero; exec sleep 600' " + address("interrupted");
    try (var child = Child.bash(folder, environment() + words)) {
      Remains.await("the upload", () -> !SERVER.uploads().isEmpty());
      child.signal("INT");
      var ended = child.ended();
      assertThat(ended.code()).isEqualTo(ExitCode.INTERRUPTED.number);
      assertThat(ended.err()).startsWith("highwater: interrupted after ").hasLineCount(1);
    }
    assertThat(exists("interrupted")).isFalse();
    assertThat(SERVER.uploads()).isEmpty();
  }
}
