package highwater.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Targets that are no regular files: never renamed onto, written by a thread of their own.
@Timeout(60)
class WaitingTargetTest {
  @TempDir Path directory;

  @AfterEach
  void nothingIsLeft() throws Exception {
    Traces.assertNone(directory);
  }

  private static void write(byte[] bytes, Path target) throws Exception {
    Drive.copy(Bytes.origin(bytes, 10_000, false), FileStreams.write(target).durable());
  }

  private static boolean isOther(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class).isOther();
  }

  @Test
  void devicesAreWrittenAsTheyAre() throws Exception {
    write(new byte[1_000_000], Path.of("/dev/null"));
    assertThat(isOther(Path.of("/dev/null"))).isTrue();
  }

  @Test
  void aDeviceIsKnownByWhatItIsAndNotByItsName() throws Exception {
    assumeTrue(Files.getAttribute(directory, "unix:uid").equals(0), "only root makes devices");
    var device = directory.resolve("out.gz");
    Traces.command("mknod", device.toString(), "c", "1", "3");
    var link = Files.createSymbolicLink(directory.resolve("link"), device);
    write(new byte[100_000], device);
    write(new byte[100_000], link);
    assertThat(isOther(device)).isTrue();
    assertThat(Traces.names(directory)).containsExactly("link", "out.gz");
  }

  @Test
  void aFullDeviceSaysSo() {
    assertThatThrownBy(() -> write(new byte[100_000], Path.of("/dev/full")))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "cannot write /dev/full at byte 0: no space left on device (expected: room for the rest; free some space,"
                + " then run again)");
  }

  @Test
  void aFifoGetsEveryByteAndItsEnd() throws Exception {
    var fifo = Traces.fifo(directory.resolve("fifo"));
    var copy = directory.resolve("copy");
    var reader = new ProcessBuilder("sh", "-c", "cat '" + fifo + "' > '" + copy + "'").start();
    var bytes = Bytes.random(1_000_000);
    write(bytes, fifo);
    assertThat(reader.waitFor()).isZero();
    assertThat(copy).hasBinaryContent(bytes);
    assertThat(isOther(fifo)).isTrue();
  }

  @Test
  void smallChunksReachTheReaderWithoutWaitingForMore() throws Exception {
    var fifo = Traces.fifo(directory.resolve("fifo"));
    var reader = new ProcessBuilder("cat", fifo.toString()).start();
    var drive = Drive.of(Bytes.origin("abc".getBytes(UTF_8), 1, false), FileStreams.write(fifo));
    var seen = new int[1];
    drive
        .hook(
            step -> {
              if (step == 6) seen[0] = reader.getInputStream().read();
            })
        .run();
    assertThat(seen[0]).isEqualTo('a');
    assertThat(reader.getInputStream().readAllBytes()).isEqualTo("bc".getBytes(UTF_8));
    assertThat(reader.waitFor()).isZero();
  }

  @Test
  void aReaderThatLeavesIsABrokenPipe() throws Exception {
    var fifo = Traces.fifo(directory.resolve("fifo"));
    new ProcessBuilder("sh", "-c", "head -c 10 < '" + fifo + "'").start();
    assertThatThrownBy(() -> write(new byte[10_000_000], fifo))
        .isInstanceOf(BrokenPipeException.class)
        .hasMessageContaining("fifo at byte ")
        .hasMessageContaining("broken pipe (expected: a reader until all is written; nobody reads the rest)");
  }

  @Test
  void cancellingARunThatWaitsForAReaderToOpenLeavesNothing() throws Exception {
    var fifo = Traces.fifo(directory.resolve("fifo"));
    var drive = Drive.of(Bytes.origin(new byte[1_000_000], 10_000, true), FileStreams.write(fifo));
    drive.hook(
        step -> {
          if (step == 10) drive.cancel(new IOException("enough"));
        });
    assertThatThrownBy(drive::run).hasMessage("enough");
  }

  @Test
  void cancellingARunWhoseReaderDoesNotReadLeavesNothing() throws Exception {
    var fifo = Traces.fifo(directory.resolve("fifo"));
    // Open for both directions: the other side is there and never reads.
    try (var _ = FileChannel.open(fifo, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      var put = FileStreams.write(fifo).put();
      var drive = Drive.of(Bytes.origin(new byte[1_000_000], 10_000, true).pull(), put);
      // 64 KiB are in the pipe and the three buffers of 64 KiB are full.
      drive.hook(
          step -> {
            if (step > 5 && "the reader of ".concat(fifo.toString()).equals(put.waitsFor())) {
              drive.cancel(new IOException("enough"));
            }
          });
      var watcher = Thread.ofPlatform().daemon().start(() -> cancelWhenStuck(drive));
      assertThatThrownBy(drive::run).hasMessage("enough");
      watcher.join();
    }
  }

  /// Cancels once the writer's thread waits in its write.
  private static void cancelWhenStuck(Drive drive) {
    while (drive.steps() < 60) Thread.onSpinWait();
    drive.cancel(new IOException("enough"));
  }

  @Test
  void aFileOfTheSystemIsWrittenDirectly() throws Exception {
    var name = Path.of("/proc/self/comm");
    var old = Files.readString(name);
    try {
      write("highwater".getBytes(UTF_8), name);
      assertThat(Files.readString(name)).isEqualTo("highwater\n");
    } finally {
      Files.writeString(name, old);
    }
  }

  @Test
  void aDescriptorThatLeadsToAFileIsWrittenAtItsEnd() throws Exception {
    var file = Files.writeString(directory.resolve("file"), "old ");
    try (var open = FileChannel.open(file, StandardOpenOption.WRITE)) {
      assertThat(open.isOpen()).isTrue();
      write("new".getBytes(UTF_8), descriptorOf(file));
    }
    assertThat(file).hasContent("old new");
  }

  private static Path descriptorOf(Path file) throws IOException {
    try (var entries = Files.newDirectoryStream(Path.of("/dev/fd/"))) {
      for (var entry : entries) {
        if (Files.isSymbolicLink(entry) && Files.exists(entry) && Files.isSameFile(entry, file)) return entry;
      }
    }
    throw new AssertionError("not open: " + file);
  }
}
