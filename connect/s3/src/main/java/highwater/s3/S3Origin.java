package highwater.s3;

import static java.util.Objects.requireNonNull;

import highwater.memory.ChunkBuffers;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.Footprint;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.Term;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// The recipe that reads an object of S3; made by [S3Streams#read].
///
/// The object is fetched by ranges in parallel and given on in order, all of one version: an object that is replaced while it
/// is read fails the run, or is read to its end where the bucket keeps versions. A range whose connection breaks is asked for
/// again from where it broke, three times without a byte at most. Every byte the server announced must come. The object's
/// checksum is compared where it fits into one range and the server names one; of longer objects it is not, since what servers
/// keep for those are checksums of parts.
public final class S3Origin extends S3Recipe<S3Origin> implements PullOrigin<ByteBuffer> {
  /// The size of a range unless something else is asked for, in bytes: 8 MiB.
  public static final int DEFAULT_PART_BYTES = 8 << 20;

  /// The ranges in flight unless something else is asked for.
  public static final int DEFAULT_PARTS_IN_FLIGHT = 4;

  /// What is given on at a time.
  static final int CHUNK_BYTES = ChunkBuffers.DEFAULT_BYTES;

  private static final int PART_MIN_BYTES = 64 << 10;

  /// What the client holds for one request: the buffers of its streams and of the connection.
  private static final int REQUEST_BYTES = 64 << 10;

  private final int partBytes;
  private final int partsInFlight;
  private final @Nullable LongConsumer onLength;

  S3Origin(S3Location location) {
    this(location, Access.DEFAULT, DEFAULT_PART_BYTES, DEFAULT_PARTS_IN_FLIGHT, null);
  }

  private S3Origin(
      S3Location location, Access access, int partBytes, int partsInFlight, @Nullable LongConsumer onLength) {
    super(location, access);
    this.partBytes = partBytes;
    this.partsInFlight = partsInFlight;
    this.onLength = onLength;
  }

  @Override
  S3Origin with(Access access) {
    return new S3Origin(location(), access, partBytes, partsInFlight, onLength);
  }

  /// The same, by ranges of this size: 64 KiB to 512 MiB.
  public S3Origin partBytes(int bytes) {
    if (bytes < PART_MIN_BYTES || bytes > PartSizes.PART_MAX_BYTES) {
      throw new IllegalArgumentException(
          "partBytes: " + bytes + " (expected: " + PART_MIN_BYTES + " to " + PartSizes.PART_MAX_BYTES + ")");
    }
    return new S3Origin(location(), access(), bytes, partsInFlight, onLength);
  }

  /// The same, with this many ranges in memory: 1 to 256.
  public S3Origin partsInFlight(int parts) {
    return new S3Origin(location(), access(), partBytes, S3Target.checked(parts), onLength);
  }

  /// The same, telling `onLength` how many bytes the object has as soon as the server has said it: once a run, on a thread of
  /// the run's, which it must not hold up.
  public S3Origin onLength(LongConsumer onLength) {
    return new S3Origin(location(), access(), partBytes, partsInFlight, requireNonNull(onLength, "onLength"));
  }

  /// The size of a range, in bytes.
  public int partBytes() {
    return partBytes;
  }

  /// How many ranges are in memory.
  public int partsInFlight() {
    return partsInFlight;
  }

  @Nullable LongConsumer onLength() {
    return onLength;
  }

  static long placeBytes(int partBytes) {
    return (long) partBytes + REQUEST_BYTES;
  }

  @Override
  public String advice() {
    return "the server, or the way to it, sets the pace: more parts in flight may fill it better";
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    return Footprint.of(
        "%d ranges of %s at a time, in order, of one version".formatted(partsInFlight, ByteSizes.rounded(partBytes)),
        CHUNK_BYTES,
        new Term("ranges", partsInFlight, 1, List.of((long) partBytes, (long) REQUEST_BYTES)));
  }

  @Override
  public Pull<ByteBuffer> pull() {
    return new DownloadPull(this);
  }
}
