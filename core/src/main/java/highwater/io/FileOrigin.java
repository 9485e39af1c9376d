package highwater.io;

import highwater.blocking.BlockingPull;
import highwater.blocking.CallThread;
import highwater.memory.ChunkBuffers;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.Footprint;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.Term;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;

/// The recipe that reads a file; made by [FileStreams#read].
///
/// A file that grows while it is read is read to the end it then has, as `cat` does; one that shrinks ends early.
///
/// Source of the options: Node's `fs.createReadStream`.
///
/// @param path the file, as the user named it
/// @param start the first byte to read, counted from 0; where the file cannot seek, bytes before it are read and dropped
/// @param end the last byte to read, inclusive as in Node, or [#TO_THE_END]
/// @param chunkBytes the size of the read buffer, and so the largest chunk, in bytes: 1 to [#CHUNK_BYTES_MAX]
public record FileOrigin(Path path, long start, long end, int chunkBytes) implements PullOrigin<ByteBuffer> {
  /// The `end` of a recipe that reads until there is no more.
  public static final long TO_THE_END = Long.MAX_VALUE;

  /// The largest read buffer, in bytes: 1 GiB.
  public static final int CHUNK_BYTES_MAX = 1 << 30;

  static final int DEFAULT_CHUNK_BYTES = ChunkBuffers.DEFAULT_BYTES;

  /// Checks the figures; throws `IllegalArgumentException` with them.
  public FileOrigin {
    if (start < 0) {
      throw new IllegalArgumentException("start: " + start + " (expected: 0 or more bytes)");
    }
    if (end < start) {
      throw new IllegalArgumentException(
          "end: " + end + " (expected: the last byte to read, " + start + " or more, as start=" + start + ")");
    }
    checkChunk(chunkBytes);
  }

  static void checkChunk(int chunkBytes) {
    if (chunkBytes < 1 || chunkBytes > CHUNK_BYTES_MAX) {
      throw new IllegalArgumentException("chunk: " + chunkBytes + " (expected: 1 to " + CHUNK_BYTES_MAX + " bytes)");
    }
  }

  /// The same, from byte `start` on, counted from 0.
  public FileOrigin start(long start) {
    return new FileOrigin(path, start, end, chunkBytes);
  }

  /// The same, up to and with byte `end`, counted from 0: `start(0).end(9)` reads ten bytes.
  public FileOrigin end(long end) {
    return new FileOrigin(path, start, end, chunkBytes);
  }

  /// The same, with chunks of at most `chunkBytes`.
  public FileOrigin chunk(int chunkBytes) {
    return new FileOrigin(path, start, end, chunkBytes);
  }

  @Override
  public String name() {
    return FileErrors.printable(path);
  }

  /// The bytes to be read as the file stands now; empty where it is no regular file, where it cannot be looked at, and where
  /// its size is 0, which files of `/proc` say of themselves whatever they hold.
  @Override
  public OptionalLong lengthBytes() {
    try {
      var place = Place.of(path);
      if (place.stdio() == 0) return StdOrigin.DEFAULT.lengthBytes();
      if (place.kind() != Place.Kind.REGULAR || place.sizeBytes() == 0) return OptionalLong.empty();
      long stop = end == TO_THE_END ? place.sizeBytes() : Math.min(place.sizeBytes(), end + 1);
      return OptionalLong.of(Math.max(0, stop - start));
    } catch (IOException e) {
      return OptionalLong.empty(); // The run will say what is wrong.
    }
  }

  @Override
  public String advice() {
    return "the disk it is read from sets the pace";
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    return footprint(waits(), chunkBytes);
  }

  static Footprint footprint(boolean waits, int chunkBytes) {
    return waits
        ? BlockingPull.footprint("read", chunkBytes)
        : Footprint.of(
            ByteSizes.rounded(chunkBytes) + " chunks, one buffer, on the calling thread; the system reads ahead",
            chunkBytes,
            Term.of("read", 1, chunkBytes));
  }

  /// Whether reading may wait, so that it needs a thread of its own.
  private boolean waits() {
    try {
      var place = Place.of(path);
      return place.stdio() == 0 ? StdOrigin.waits() : place.readingWaits();
    } catch (IOException e) {
      return false; // Nothing will be read.
    }
  }

  @Override
  public boolean usesFiles() {
    return true;
  }

  @Override
  public Pull<ByteBuffer> pull() {
    return new ChosenPull(
        () -> {
          var place = readablePlace();
          if (place.stdio() == 0) return StdOrigin.choose(name(), start, end, chunkBytes);
          return place.readingWaits() ? waitingPull(place.path()) : FilePull.ofPath(this, place);
        });
  }

  private Pull<ByteBuffer> waitingPull(Path place) {
    var channel = BlockingChannel.ofPath(place, StandardOpenOption.READ);
    var source = new ChannelSource(name(), channel, start, FilePull.leftBytes(start, end));
    return new BlockingPull(name(), source, CallThread.PLATFORM, chunkBytes);
  }

  /// Looks at the file and throws what a run would, as far as that can be known without opening it.
  Place readablePlace() throws IOException {
    try {
      var place = Place.of(path);
      return switch (place.kind()) {
        case REGULAR, PSEUDO, WAITING -> place;
        case ABSENT -> throw place.absence();
        case DIRECTORY -> throw FileErrors.directory();
      };
    } catch (IOException e) {
      throw FileErrors.reading(name(), FileErrors.WHILE_OPENING, e);
    }
  }
}
