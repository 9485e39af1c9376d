package highwater.s3;

import highwater.contract.Remains;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/// A server that speaks S3, as a process of its own, started once and shared by all tests of this JVM.
public final class Server {
  public static final String KEY_ID = "test";
  public static final String SECRET = "not-to-be-printed";
  public static final String BUCKET = "bucket";

  private static final class Proxy {
    static final Server ONE = startS3Proxy();
  }

  private static final class Mock {
    static final Server ONE = startS3Mock();
  }

  private final URI endpoint;
  private final S3Client client;

  private Server(int port, Process process) {
    endpoint = URI.create("http://127.0.0.1:" + port);
    client = client(endpoint, KEY_ID, SECRET);
    Remains.await(
        "the server of port " + port,
        () -> {
          if (!process.isAlive()) throw new AssertionError("the server has ended: " + process.exitValue());
          return accepts(port) && createsBucket();
        });
  }

  /// s3proxy, over a folder.
  public static Server s3proxy() {
    return Proxy.ONE;
  }

  static Server s3mock() {
    return Mock.ONE;
  }

  /// Where it listens.
  public URI endpoint() {
    return endpoint;
  }

  int port() {
    return endpoint.getPort();
  }

  /// A client of the tests' own, which asks the server without any proxy.
  public S3Client client() {
    return client;
  }

  static S3Client client(URI endpoint, String id, String secret) {
    return S3Client.builder()
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .forcePathStyle(true)
        .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(id, secret)))
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .build();
  }

  /// The multipart uploads that are open.
  public List<String> uploads() {
    return client.listMultipartUploads(list -> list.bucket(BUCKET)).uploads().stream()
        .map(upload -> upload.key() + " " + upload.uploadId())
        .toList();
  }

  private static boolean accepts(int port) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private boolean createsBucket() {
    try {
      client.createBucket(create -> create.bucket(BUCKET));
      return true;
    } catch (SdkException e) {
      return false;
    }
  }

  private static Server startS3Proxy() {
    try {
      var folder = temporaryFolder("s3proxy");
      int port = freePort();
      var settings = folder.resolve("settings");
      var data = Files.createDirectory(folder.resolve("data"));
      Files.writeString(
          settings,
          """
          s3proxy.endpoint=http://127.0.0.1:%d
          s3proxy.authorization=aws-v2-or-v4
          s3proxy.identity=%s
          s3proxy.credential=%s
          jclouds.provider=filesystem-nio2
          jclouds.identity=x
          jclouds.credential=x
          jclouds.filesystem.basedir=%s
          """
              .formatted(port, KEY_ID, SECRET, data));
      return new Server(
          port, start("s3proxy", folder, List.of(), "org.gaul.s3proxy.Main", "--properties", settings.toString()));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Server startS3Mock() {
    try {
      var folder = temporaryFolder("s3mock");
      int port = freePort();
      return new Server(
          port,
          start(
              "s3mock",
              folder,
              List.of("-XX:TieredStopAtLevel=1"),
              "com.adobe.testing.s3mock.S3MockApplication",
              "--http.port=" + port,
              "--server.port=0",
              "--server.address=127.0.0.1",
              "--com.adobe.testing.s3mock.store.root=" + folder.resolve("data")));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Process start(String name, Path folder, List<String> options, String... command) throws IOException {
    var words = new ArrayList<String>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-Djava.io.tmpdir=" + folder));
    words.add("-Dlogback.configurationFile=" + module().resolve("src/test/resources/servers-log.xml").toAbsolutePath());
    words.addAll(options);
    words.addAll(
        List.of("-cp", Files.readString(module().resolve(Path.of("servers", name, "target", "classpath"))).strip()));
    words.addAll(List.of(command));
    var builder =
        new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(Path.of("target", name + ".log").toFile());
    var process = builder.start();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  process.destroyForcibly();
                  delete(folder);
                }));
    return process;
  }

  /// The folder of this module, whose tests' or the command's tests this JVM runs.
  private static Path module() {
    return Files.isDirectory(Path.of("servers")) ? Path.of("") : Path.of("..", "connect", "s3");
  }

  private static Path temporaryFolder(String name) throws IOException {
    return Files.createTempDirectory("highwater-" + name);
  }

  private static void delete(Path folder) {
    try (var files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException | java.io.UncheckedIOException e) {
      // What is left is the system's to clean.
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
