package highwater.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.strand.HandTurned;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FileReadTest {
  @TempDir Path directory;

  @AfterEach
  void nothingIsLeft() throws Exception {
    Traces.assertNone(directory);
  }

  private Path file(String text) throws IOException {
    return Files.writeString(directory.resolve("in"), text);
  }

  private static String read(FileOrigin origin) throws Exception {
    var sink = new Bytes.Sink();
    Drive.copy(origin, sink);
    return sink.text();
  }

  @Test
  void aFileIsReadInChunksOfTheGivenSize() throws Exception {
    var sink = new Bytes.Sink();
    Drive.copy(FileStreams.read(file("0123456789")).chunk(4), sink);
    assertThat(sink.text()).isEqualTo("0123456789");
    assertThat(sink.lengths).containsExactly(4, 4, 2);
  }

  @Test
  void everyChunkIsTheSameBuffer() throws Exception {
    var seen = Collections.newSetFromMap(new IdentityHashMap<ByteBuffer, Boolean>());
    var pull = FileStreams.read(file("0123456789")).chunk(3).pull();
    var put = new Bytes.Sink().put();
    Drive.of(
            new Looking(pull) {
              @Override
              public ByteBuffer next() {
                var chunk = super.next();
                assertThat(chunk.isDirect()).isTrue();
                seen.add(chunk);
                return chunk;
              }
            },
            put)
        .run();
    assertThat(seen).hasSize(1);
  }

  @Test
  void startAndEndAreInclusiveAsInNode() throws Exception {
    var origin = FileStreams.read(file("0123456789"));
    assertThat(read(origin.start(2))).isEqualTo("23456789");
    assertThat(read(origin.end(2))).isEqualTo("012");
    assertThat(read(origin.start(3).end(3))).isEqualTo("3");
    assertThat(read(origin.start(3).end(7).chunk(2))).isEqualTo("34567");
    assertThat(read(origin.start(8).end(1000))).isEqualTo("89");
    assertThat(read(origin.start(100))).isEmpty();
  }

  @Test
  void theLengthIsKnownBeforeARun() throws Exception {
    var origin = FileStreams.read(file("0123456789"));
    assertThat(origin.lengthBytes()).hasValue(10);
    assertThat(origin.start(2).end(4).lengthBytes()).hasValue(3);
    assertThat(origin.start(8).end(1000).lengthBytes()).hasValue(2);
    assertThat(origin.start(100).lengthBytes()).hasValue(0);
    assertThat(FileStreams.read(directory.resolve("none")).lengthBytes()).isEmpty();
    assertThat(FileStreams.read(Path.of("/proc/self/status")).lengthBytes()).isEmpty();
    assertThat(FileStreams.read(Path.of("/dev/zero")).lengthBytes()).isEqualTo(OptionalLong.empty());
  }

  @Test
  void anEmptyFileHasNoChunk() throws Exception {
    var sink = new Bytes.Sink();
    Drive.copy(FileStreams.read(file("")), sink);
    assertThat(sink.lengths).isEmpty();
  }

  @Test
  void aFileThatGrowsIsReadToTheEndItHasThen() throws Exception {
    var file = file("0123");
    var sink = new Bytes.Sink();
    Drive.of(FileStreams.read(file).chunk(4), sink)
        .hook(
            step -> {
              if (step == 5) Files.writeString(file, "4567", StandardOpenOption.APPEND);
            })
        .run();
    assertThat(sink.text()).isEqualTo("01234567");
  }

  @Test
  void aFileThatShrinksEndsEarly() throws Exception {
    var file = file("01234567");
    var sink = new Bytes.Sink();
    Drive.of(FileStreams.read(file).chunk(4), sink)
        .hook(
            step -> {
              if (step == 5) Files.writeString(file, "012345");
            })
        .run();
    assertThat(sink.text()).isEqualTo("012345");
  }

  @Test
  void filesThatTheSystemMakesUpAreReadWhole() throws Exception {
    assertThat(read(FileStreams.read(Path.of("/proc/self/status")))).contains("VmPeak:", "nonvoluntary_ctxt_switches:");
  }

  @Test
  void devicesAreRead() throws Exception {
    assertThat(read(FileStreams.read(Path.of("/dev/null")))).isEmpty();
    assertThat(read(FileStreams.read(Path.of("/dev/zero")).end(199_999))).hasSize(200_000);
  }

  @Test
  void aFifoIsReadToItsEnd() throws Exception {
    var fifo = Traces.fifo(directory.resolve("fifo"));
    var bytes = Bytes.random(1_000_000);
    var source = Files.write(directory.resolve("source"), bytes);
    var writer = new ProcessBuilder("sh", "-c", "cat '" + source + "' > '" + fifo + "'").start();
    var sink = new Bytes.Sink();
    Drive.copy(FileStreams.read(fifo).chunk(10_000), sink);
    assertThat(sink.bytes.toByteArray()).isEqualTo(bytes);
    assertThat(writer.waitFor()).isZero();
  }

  @Test
  void aFifoIsReadFromStartByDroppingWhatIsBefore() throws Exception {
    var fifo = Traces.fifo(directory.resolve("fifo"));
    new ProcessBuilder("sh", "-c", "printf 0123456789 > '" + fifo + "'").start();
    assertThat(read(FileStreams.read(fifo).start(3).end(6).chunk(2))).isEqualTo("3456");
  }

  @Test
  void cancellingARunThatWaitsForAFifoToOpenLeavesNothing() throws Exception {
    var fifo = Traces.fifo(directory.resolve("fifo"));
    var drive = Drive.of(FileStreams.read(fifo), new Bytes.Sink());
    // The reader may be anywhere between its start and its wait.
    drive.hook(
        step -> {
          if (step == 3) drive.cancel(new IOException("enough"));
        });
    assertThatThrownBy(drive::run).hasMessage("enough");
  }

  @Test
  void cancellingARunThatWaitsForAFifosWriterLeavesNothing() throws Exception {
    var fifo = Traces.fifo(directory.resolve("fifo"));
    var writer = new ProcessBuilder("sh", "-c", "exec > '" + fifo + "'; echo begun; read wait").start();
    var sink = new Bytes.Sink();
    var drive = Drive.of(FileStreams.read(fifo), sink);
    drive.hook(
        step -> {
          if (!sink.lengths.isEmpty()) drive.cancel(new IOException("enough"));
        });
    assertThatThrownBy(drive::run).hasMessage("enough");
    assertThat(sink.text()).isEqualTo("begun\n");
    writer.getOutputStream().close();
    writer.waitFor();
  }

  @Test
  void itTellsWhatItWaitsFor() throws Exception {
    var fifo = Traces.fifo(directory.resolve("fifo"));
    var pull = FileStreams.read(fifo).pull();
    try (var hand = new HandTurned()) {
      hand.turn(
          () -> {
            try {
              pull.open(Drive.context(() -> {}));
              assertThat(pull.poll()).isEqualTo(Progress.WAITING);
              assertThat(pull.waitsFor()).isEqualTo(fifo + " to open");
              pull.abort(new IOException("enough"));
              pull.close();
            } catch (Exception e) {
              throw new AssertionError(e);
            }
          });
    }
  }

  @Test
  void anErrorIsOneLineThatSaysWhatToDo() throws Exception {
    assertThatThrownBy(() -> read(FileStreams.read(Path.of("huge.log"))))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot read huge.log: no such file (expected: an existing file; check the name)")
        .hasCauseInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> read(FileStreams.read(directory)))
        .hasMessage("cannot read " + directory + ": it is a directory (expected: a file; name a file in it)");
    assertThatThrownBy(() -> read(FileStreams.read(file("").resolve("x"))))
        .hasMessageContaining("/in/x: not a directory (expected: a directory before each /");
    assertThatThrownBy(() -> read(FileStreams.read(Path.of("two\nlines"))))
        .hasMessageStartingWith("cannot read two\\x0alines: no such file");
  }

  @Test
  void anErrorWhileReadingNamesTheByte() {
    assertThatThrownBy(() -> read(FileStreams.read(Path.of("/proc/self/mem"))))
        .hasMessageStartingWith("cannot read /proc/self/mem at byte 0: input/output error (expected: ");
  }

  @Test
  void aCircleOfLinksIsRefused() throws Exception {
    var link = Files.createSymbolicLink(directory.resolve("a"), Path.of("b"));
    Files.createSymbolicLink(directory.resolve("b"), Path.of("a"));
    assertThatThrownBy(() -> read(FileStreams.read(link)))
        .hasMessageContaining("too many levels of symbolic links (expected: links that end at a file");
  }

  @Test
  void aSocketSaysThatItIsNone() throws Exception {
    var socket = directory.resolve("socket");
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      assertThatThrownBy(() -> read(FileStreams.read(socket)))
          .hasMessageContaining("no such device or address (expected: a file, FIFO or device; a socket cannot");
    }
  }

  @Test
  void figuresAreChecked() throws Exception {
    var origin = FileStreams.read(file(""));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> origin.start(-1))
        .withMessage("start: -1 (expected: 0 or more bytes)");
    assertThatIllegalArgumentException().isThrownBy(() -> origin.end(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> origin.start(5).end(4)).withMessageContaining("start=5");
    assertThatIllegalArgumentException().isThrownBy(() -> origin.chunk(0));
  }

  @Test
  void theFootprintCountsEveryBuffer() throws Exception {
    var regular = FileStreams.read(file("x")).footprint(0);
    assertThat(regular.terms().getFirst().maxBytes()).isEqualTo(64 << 10);
    assertThat(regular.chunkMaxBytes()).isEqualTo(64 << 10);
    var device = FileStreams.read(Path.of("/dev/zero")).chunk(1000).footprint(0);
    assertThat(device.terms().getFirst().maxBytes()).isEqualTo(3000);
    assertThat(device.bounded()).isTrue();
  }

  @Test
  void originsAreReadInOrder() throws Exception {
    var fifo = Traces.fifo(directory.resolve("fifo"));
    new ProcessBuilder("sh", "-c", "printf two > '" + fifo + "'").start();
    var three = Files.writeString(directory.resolve("three"), "three");
    var all = Concat.of(List.of(FileStreams.read(file("one")), FileStreams.read(fifo), FileStreams.read(three)));
    var sink = new Bytes.Sink();
    Drive.copy(all, sink);
    assertThat(sink.text()).isEqualTo("onetwothree");
    assertThat(all.lengthBytes()).isEmpty();
    assertThat(all.name()).endsWith("in and 2 more");
    assertThat(all.footprint(0).terms().getFirst().maxBytes()).isEqualTo(3 * (64 << 10));
    assertThat(Concat.of(List.of(FileStreams.read(three), FileStreams.read(three))).lengthBytes()).hasValue(10);
  }

  @Test
  void aMissingOriginFailsBeforeAnyByteIsRead() throws Exception {
    var sink = new Bytes.Sink();
    var all = Concat.of(List.of(FileStreams.read(file("one")), FileStreams.read(Path.of("none"))));
    assertThatThrownBy(() -> Drive.copy(all, sink)).hasMessageStartingWith("cannot read none: no such file");
    assertThat(sink.lengths).isEmpty();
  }

  /// Passes everything on.
  private static class Looking implements Pull<ByteBuffer> {
    private final Pull<ByteBuffer> pull;

    Looking(Pull<ByteBuffer> pull) {
      this.pull = pull;
    }

    @Override
    public void open(PartContext context) throws Exception {
      pull.open(context);
    }

    @Override
    public Progress poll() throws Exception {
      return pull.poll();
    }

    @Override
    public ByteBuffer next() {
      return pull.next();
    }

    @Override
    public void close() throws Exception {
      pull.close();
    }
  }
}
