package highwater.archive;

import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.PullTarget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// Folders for tests: made, looked at, and handed to the real programs.
final class Trees {
  static final Instant THEN = Instant.parse("2024-02-29T12:34:56Z");
  private static final int PATIENCE_SECONDS = 120;

  private Trees() {}

  /// A folder with what archives have trouble with: long names, other scripts, empty files and folders, links, permissions.
  static Path sample(Path folder) throws IOException {
    Files.createDirectories(folder);
    var random = new Random(7);
    file(folder, "empty", 0, random, "rw-r--r--");
    file(folder, "one", 1, random, "rw-------");
    file(folder, "block", 512, random, "rwxr-xr-x");
    file(folder, "block and one", 513, random, "r--r--r--");
    file(folder, "large", 3_000_000, random, "rw-r-----");
    Files.writeString(folder.resolve("text"), "the same line again and again\n".repeat(50_000));
    file(folder, "grün/λ/文件 名.txt", 1000, random, "rw-r--r--");
    file(folder, "a".repeat(99) + "/" + "b".repeat(101), 10, random, "rw-r--r--");
    file(folder, "c".repeat(200) + "/" + "d".repeat(200) + "/" + "e".repeat(250), 70_000, random, "rw-r--r--");
    file(folder, "p".repeat(120) + "/" + "n".repeat(90), 5, random, "rw-r--r--");
    Files.createDirectories(folder.resolve("nothing in it/nor here"));
    Files.createSymbolicLink(folder.resolve("link"), Path.of("large"));
    Files.createSymbolicLink(folder.resolve("grün/up"), Path.of("../one"));
    Files.createSymbolicLink(folder.resolve("dangling"), Path.of("x".repeat(200) + "/nowhere"));
    Files.setPosixFilePermissions(folder.resolve("grün"), PosixFilePermissions.fromString("rwxr-x---"));
    setTimes(folder);
    return folder;
  }

  static void file(Path folder, String name, int bytes, Random random, String permissions) throws IOException {
    var path = folder.resolve(name);
    Files.createDirectories(path.getParent());
    var content = new byte[bytes];
    random.nextBytes(content);
    Files.write(path, content);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  private static void setTimes(Path folder) throws IOException {
    try (var walk = Files.walk(folder)) {
      for (var path : walk.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.getFileAttributeView(path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
            .setTimes(FileTime.from(THEN), null, null);
      }
    }
  }

  /// Everything in a folder, with kinds, permissions, whole seconds of times and contents, in the order of names.
  static String look(Path folder) {
    return look(folder, true);
  }

  /// The same, without times where they do not count.
  static String look(Path folder, boolean times) {
    var found = new TreeMap<String, String>();
    try (var walk = Files.walk(folder)) {
      for (var path : walk.toList()) {
        if (!path.equals(folder)) found.put(folder.relativize(path).toString(), describe(path, times));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var text = new StringBuilder();
    found.forEach((name, what) -> text.append(name).append("  ").append(what).append('\n'));
    return text.toString();
  }

  private static String describe(Path path, boolean times) throws IOException {
    if (Files.isSymbolicLink(path)) return "link to " + Files.readSymbolicLink(path);
    var permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    var modified = times ? " " + Files.getLastModifiedTime(path).toInstant().getEpochSecond() : "";
    if (Files.isDirectory(path)) return "folder " + permissions + modified;
    return "file " + permissions + modified + " " + Files.size(path) + " " + digest(Files.readAllBytes(path));
  }

  static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /// All bytes that an origin gives.
  static byte[] bytes(PullOrigin<ByteBuffer> origin) {
    var all = new ByteArrayOutputStream();
    Pipeline.from(origin)
        .forEach(
            chunk -> {
              var bytes = new byte[chunk.remaining()];
              chunk.get(bytes);
              all.writeBytes(bytes);
            })
        .run();
    return all.toByteArray();
  }

  /// Unpacks bytes that come in chunks of 10,000.
  static void unpack(byte[] archive, PullTarget<ByteBuffer> target) {
    var chunks = new ArrayList<ByteBuffer>();
    for (int from = 0; from < archive.length; from += 10_000) {
      chunks.add(ByteBuffer.wrap(archive, from, Math.min(10_000, archive.length - from)).slice());
    }
    Pipeline.from(Origin.fromIterable(chunks)).to(target).run();
  }

  /// Runs a program in `folder`; fails unless it ends with 0. What it says on both ways comes back.
  static String run(Path folder, String... words) throws IOException {
    return run(folder, List.of(words), 0);
  }

  static String run(Path folder, List<String> words, int exitCode) throws IOException {
    var said = Files.createTempFile("said", ".txt");
    try {
      var builder = new ProcessBuilder(words).directory(folder.toFile()).redirectErrorStream(true);
      builder.environment().put("LC_ALL", "C.UTF-8");
      builder.redirectOutput(said.toFile());
      Process process;
      try {
        process = builder.start();
      } catch (IOException e) {
        throw new AssertionError(words.getFirst() + " is not installed: apt-get install tar zip unzip", e);
      }
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(words + " does not end");
      }
      var output = Files.readString(said, StandardCharsets.ISO_8859_1);
      if (process.exitValue() != exitCode) {
        throw new AssertionError(words + " ended with " + process.exitValue() + ": " + output);
      }
      return output;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      Files.delete(said);
    }
  }
}
