package highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The command as users run it: a process of its own, with this JVM's Java and class path and the launcher's flags.
///
/// Its stdout and stderr are read to their ends, so no wait needs a sleep: a test waits for a line, for an exit, or for the
/// system to have taken what it wrote into stdin.
final class Child implements AutoCloseable {
  /// Long enough for a busy machine; a test that waits so long has failed.
  private static final long PATIENCE_SECONDS = 60;

  /// How it went.
  static final class Ended {
    private final int code;
    private final byte[] out;
    private final String err;

    private Ended(int code, byte[] out, String err) {
      this.code = code;
      this.out = out;
      this.err = err;
    }

    int code() {
      return code;
    }

    /// What stdout was.
    byte[] out() {
      return out;
    }

    /// What stderr was.
    String err() {
      return err;
    }

    /// What stdout was, as text.
    String outText() {
      return new String(out, StandardCharsets.UTF_8);
    }

    /// Asserts a success that said nothing.
    Ended quietly() {
      assertThat(err).isEmpty();
      assertThat(code).isZero();
      return this;
    }

    /// Asserts a failure of exactly one line, which is returned without `highwater: ` and the line feed.
    String failedWith(ExitCode expected) {
      assertThat(err).matches("highwater: [^\n]*\n");
      assertThat(code).as(err).isEqualTo(expected.number);
      return err.substring("highwater: ".length(), err.length() - 1);
    }
  }

  private final Process process;
  private final CompletableFuture<byte[]> out;
  private final CompletableFuture<byte[]> err;

  private Child(Process process) {
    this.process = process;
    out = reading(process.getInputStream()::readAllBytes);
    err = reading(process.getErrorStream()::readAllBytes);
  }

  /// Starts `highwater WORDS` in `folder`.
  static Child start(Path folder, String... words) {
    var line = commandLine();
    // As the launcher does.
    boolean xz = Stream.of(words).anyMatch(word -> word.startsWith("unxz") || word.startsWith("decompress"));
    if (xz) line.set(line.indexOf("-Xmx64m"), "-Xmx160m");
    line.addAll(List.of(words));
    return startLine(folder, line);
  }

  /// Starts `highwater WORDS` in `folder` with a signal ignored, as nohup does with HUP.
  static Child startIgnoring(String signal, Path folder, String... words) {
    var line = commandLine();
    line.set(1, "--ignore-signal=" + signal);
    line.addAll(List.of(words));
    return startLine(folder, line);
  }

  /// Starts `highwater WORDS` in `folder` with more options for the JVM, as HIGHWATER_OPTS has them.
  static Child startWith(List<String> jvmOptions, Path folder, String... words) {
    var line = commandLine();
    line.addAll(line.indexOf("-cp"), jvmOptions);
    line.addAll(List.of(words));
    return startLine(folder, line);
  }

  /// Starts bash in `folder` with `script`, in which `$highwater` is the command.
  static Child bash(Path folder, String script) {
    String quoted = "'" + String.join("' '", commandLine()) + "'";
    return startLine(folder, List.of("bash", "-c", "highwater() { " + quoted + " \"$@\"; }; " + script));
  }

  /// Writes a script at `file` that is the command, for scripts that take it by its path.
  static Path command(Path file) {
    try {
      String line = String.join("' '", commandLine()).replace("-Xmx64m", "-Xmx160m");
      Files.writeString(file, "#!/bin/sh\nexec '" + line + "' \"$@\"\n");
      return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Runs `highwater WORDS` with nothing on stdin.
  static Ended run(Path folder, String... words) {
    return runWith(new byte[0], folder, words);
  }

  /// Runs `highwater WORDS` with `input` on stdin.
  static Ended runWith(byte[] input, Path folder, String... words) {
    try (var child = start(folder, words)) {
      child.feed(input);
      return child.ended();
    }
  }

  /// Runs `script` in bash.
  static Ended runBash(Path folder, String script) {
    try (var child = bash(folder, script)) {
      return child.ended();
    }
  }

  private static Child startLine(Path folder, List<String> line) {
    try {
      var builder = new ProcessBuilder(line).directory(folder.toFile());
      builder.environment().put("LC_ALL", "C.UTF-8");
      builder.environment().remove("COLUMNS");
      return new Child(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> commandLine() {
    var line = new ArrayList<String>();
    // A shell's background jobs ignore SIGINT, and their children inherit it: the tests may run in one.
    line.addAll(List.of("env", "--default-signal=INT,TERM,HUP"));
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(
        List.of(
            "-Xlog:disable",
            "-Xlog:all=warning:stderr",
            "-XX:+DisplayVMOutputToStderr",
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx64m",
            "-ea",
            "-cp"));
    line.add(System.getProperty("java.class.path"));
    line.add(Main.class.getName());
    return line;
  }

  /// The number of the process.
  long pid() {
    return process.pid();
  }

  /// Writes `bytes` into stdin; what the process will not take any more is dropped. Returns when the system has them all.
  void write(byte[] bytes) {
    try {
      OutputStream stdin = process.getOutputStream();
      stdin.write(bytes);
      stdin.flush();
    } catch (IOException e) {
      // It has ended: the test looks at how.
    }
  }

  /// Ends stdin.
  void endInput() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // It has ended: the test looks at how.
    }
  }

  /// Writes `bytes` into stdin and ends it.
  void feed(byte[] bytes) {
    write(bytes);
    endInput();
  }

  /// Sends a signal, such as `INT`.
  void signal(String name) {
    try {
      var kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).redirectErrorStream(true).start();
      kill.getInputStream().readAllBytes();
      kill.waitFor();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// Waits for the end.
  Ended ended() {
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("still runs after " + PATIENCE_SECONDS + " s: " + process.info());
      }
      byte[] words = err.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return new Ended(
          process.exitValue(), out.get(PATIENCE_SECONDS, TimeUnit.SECONDS), new String(words, StandardCharsets.UTF_8));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  @FunctionalInterface
  private interface Reading {
    byte[] read() throws IOException;
  }

  private static CompletableFuture<byte[]> reading(Reading reading) {
    var result = new CompletableFuture<byte[]>();
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              byte @Nullable [] bytes = null;
              try {
                bytes = reading.read();
              } catch (IOException e) {
                result.completeExceptionally(e);
              }
              if (bytes != null) result.complete(bytes);
            });
    return result;
  }
}
