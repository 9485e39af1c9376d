package highwater.compress;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The real programs, run on bytes. One that is missing fails the test: there is no other proof.
final class Tool {
  private static final int PATIENCE_SECONDS = 60;

  /// What came of a run.
  static final class Result {
    private final int exitCode;
    private final byte[] output;

    private Result(int exitCode, byte[] output) {
      this.exitCode = exitCode;
      this.output = output;
    }

    int exitCode() {
      return exitCode;
    }

    byte[] output() {
      return output;
    }
  }

  private Tool() {}

  /// What `command` makes of `input`; fails unless it ends with 0.
  static byte[] bytes(String command, byte[] input) {
    var result = run(command, input);
    if (result.exitCode() != 0) throw new AssertionError(command + " ended with " + result.exitCode());
    return result.output();
  }

  /// Runs `command`, words apart by one space, with `input` as its input.
  static Result run(String command, byte[] input) {
    var words = List.of(command.split(" "));
    try {
      var in = Files.createTempFile("tool", ".in");
      var out = Files.createTempFile("tool", ".out");
      try {
        Files.write(in, input);
        var builder = new ProcessBuilder(words).redirectInput(in.toFile()).redirectOutput(out.toFile());
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        var process = start(builder);
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new AssertionError(command + " does not end");
        }
        return new Result(process.exitValue(), Files.readAllBytes(out));
      } finally {
        Files.delete(in);
        Files.delete(out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static Process start(ProcessBuilder builder) {
    try {
      return builder.start();
    } catch (IOException e) {
      var tool = builder.command().getFirst();
      throw new AssertionError(
          tool + " is not installed, and these tests are against it: apt-get install zstd lz4 brotli xz-utils bzip2",
          e);
    }
  }
}
