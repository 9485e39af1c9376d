package highwater.s3;

import static java.util.Objects.requireNonNull;

import highwater.pipeline.ByteSizes;
import highwater.pipeline.Footprint;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import highwater.pipeline.Term;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The recipe that writes an object of S3; made by [S3Streams#write].
///
/// What fits into one part is sent by one PUT, when every part of the run has succeeded. What is longer is a multipart
/// upload: parts are sent in parallel while data arrives, and made an object in the end; a run that fails or is cancelled
/// removes the upload. So an object is there whole or not at all, and one that was there stays until then.
///
/// The length need not be known: parts grow, up to eightfold, as their numbers run out, while fewer of them are in flight, so
/// that the bound stays the same. `explain()` prints the largest object; a longer one fails.
public final class S3Target extends S3Recipe<S3Target> implements PullTarget<ByteBuffer> {
  /// The size of a part unless something else is asked for, in bytes: 8 MiB.
  public static final int DEFAULT_PART_BYTES = 8 << 20;

  /// The parts in flight unless something else is asked for.
  public static final int DEFAULT_PARTS_IN_FLIGHT = 4;

  /// The most parts in flight.
  public static final int PARTS_IN_FLIGHT_MAX = 256;

  /// What the client copies for one request: the buffers of its streams, of the signature and of the connection.
  private static final int REQUEST_BYTES = 256 << 10;

  /// The list of the parts sent, and the request made of it, for 10,000 parts.
  private static final int LIST_BYTES = 4 << 20;

  private final int partBytes;
  private final int partsInFlight;
  private final int partsMax;
  private final @Nullable String contentType;
  private final Map<String, String> metadata;

  S3Target(S3Location location) {
    this(location, Access.DEFAULT, DEFAULT_PART_BYTES, DEFAULT_PARTS_IN_FLIGHT, PartSizes.PARTS_MAX, null, Map.of());
  }

  private S3Target(
      S3Location location,
      Access access,
      int partBytes,
      int partsInFlight,
      int partsMax,
      @Nullable String contentType,
      Map<String, String> metadata) {
    super(location, access);
    this.partBytes = partBytes;
    this.partsInFlight = partsInFlight;
    this.partsMax = partsMax;
    this.contentType = contentType;
    this.metadata = metadata;
  }

  @Override
  S3Target with(Access access) {
    return new S3Target(location(), access, partBytes, partsInFlight, partsMax, contentType, metadata);
  }

  /// The same, in parts of this size: 5 MiB to 512 MiB. Ten thousand parts are the most an object can have.
  public S3Target partBytes(int bytes) {
    if (bytes < PartSizes.PART_MIN_BYTES || bytes > PartSizes.PART_MAX_BYTES) {
      throw new IllegalArgumentException(
          "partBytes: "
              + bytes
              + " (expected: "
              + PartSizes.PART_MIN_BYTES
              + " to "
              + PartSizes.PART_MAX_BYTES
              + ", which is 5 MiB to 512 MiB)");
    }
    return new S3Target(location(), access(), bytes, partsInFlight, partsMax, contentType, metadata);
  }

  /// The same, with this many parts in memory, one of them being filled: 1 to 256.
  public S3Target partsInFlight(int parts) {
    return new S3Target(location(), access(), partBytes, checked(parts), partsMax, contentType, metadata);
  }

  static int checked(int parts) {
    if (parts < 1 || parts > PARTS_IN_FLIGHT_MAX) {
      throw new IllegalArgumentException("partsInFlight: " + parts + " (expected: 1 to " + PARTS_IN_FLIGHT_MAX + ")");
    }
    return parts;
  }

  /// The same, with this content type instead of `application/octet-stream`.
  public S3Target contentType(String type) {
    return new S3Target(location(), access(), partBytes, partsInFlight, partsMax, requireNonNull(type), metadata);
  }

  /// The same, with these entries beside the object, which the server keeps and gives back; S3 takes 2 KB.
  public S3Target metadata(Map<String, String> entries) {
    return new S3Target(location(), access(), partBytes, partsInFlight, partsMax, contentType, Map.copyOf(entries));
  }

  /// For tests: the same, as if S3 took no more than this many parts.
  S3Target partsMax(int parts) {
    return new S3Target(location(), access(), partBytes, partsInFlight, parts, contentType, metadata);
  }

  /// The size of a part, in bytes.
  public int partBytes() {
    return partBytes;
  }

  /// How many parts are in memory, one of them being filled.
  public int partsInFlight() {
    return partsInFlight;
  }

  /// The length of the largest object that this recipe can write, in bytes; less where the budget grants fewer buffers.
  public long objectMaxBytes() {
    return sizes().objectMaxBytes();
  }

  @Nullable String contentType() {
    return contentType;
  }

  Map<String, String> metadata() {
    return metadata;
  }

  /// What one buffer costs, with the request that sends it.
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
        "%d × %s parts, growing; one PUT if it fits in one; at most %s"
            .formatted(partsInFlight, ByteSizes.rounded(partBytes), sizes().inWords()),
        0,
        new Term("parts", partsInFlight, 1, List.of((long) partBytes, (long) REQUEST_BYTES)),
        Term.of("list of parts", 1, LIST_BYTES));
  }

  private PartSizes sizes() {
    return new PartSizes(partBytes, partsInFlight, partsMax);
  }

  @Override
  public Put<ByteBuffer> put() {
    return new UploadPut(this, sizes());
  }
}
