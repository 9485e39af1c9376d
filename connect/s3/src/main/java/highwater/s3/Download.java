package highwater.s3;

import java.io.IOException;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// The requests of one download: the first is for the whole object and says which version that is, the others for ranges of
/// that version.
///
/// Where the object fits into the first buffer, the SDK compares its checksum, if the server names one; else the first request
/// is cut off when the buffer is full.
///
/// Thread rule: each range from one thread, several at a time, once the first has told the length.
final class Download {
  /// How often a range is asked for again where it broke off, without a byte in between.
  private static final int BREAKS_MAX = 3;

  /// What a call reads at a time.
  private static final int SCRATCH_BYTES = 16 << 10;

  private final Connection connection;
  private final S3Location location;
  private final @Nullable LongConsumer onLength;

  private volatile @Nullable Version version;

  /// What every range must belong to.
  record Version(long length, @Nullable String etag, @Nullable String versionId) {}

  Download(Connection connection, S3Location location, @Nullable LongConsumer onLength) {
    this.connection = connection;
    this.location = location;
    this.onLength = onLength;
  }

  /// What the first answer said, or null before it.
  @Nullable Version version() {
    return version;
  }

  /// Fills the range from the server, across connections that break.
  void fetch(DownloadRange range) throws Exception {
    int breaks = 0;
    for (; ; ) {
      long before = range.received();
      try {
        connection.request(
            (client, call) -> {
              try (var body = client.getObject(request(range))) {
                read(range, body, call);
                return "";
              }
            });
        return;
      } catch (Exception e) {
        if (range.received() > before) breaks = 0;
        if (!isBreak(e) || Thread.currentThread().isInterrupted() || ++breaks > BREAKS_MAX) {
          throw S3Errors.reading(location, range.position() + range.received(), e);
        }
      }
    }
  }

  /// A connection that broke, or ended too early; an answer of the server's is none.
  private static boolean isBreak(Exception e) {
    if (e instanceof S3Exception || e instanceof S3Errors.Changed || e instanceof Connection.Overdue) return false;
    return e instanceof SdkException || e instanceof IOException;
  }

  private GetObjectRequest request(DownloadRange range) {
    var get = GetObjectRequest.builder().bucket(location.bucket()).key(location.key());
    var known = version;
    if (known == null) return get.checksumMode(ChecksumMode.ENABLED).build();
    if (known.etag != null) get.ifMatch(known.etag);
    if (known.versionId != null) get.versionId(known.versionId);
    long from = range.position() + range.received();
    long last = Math.min(range.position() + range.capacity(), known.length) - 1;
    return get.range("bytes=" + from + "-" + last).build();
  }

  private void read(DownloadRange range, ResponseInputStream<GetObjectResponse> body, Connection.Call call)
      throws IOException {
    long end = meet(range, body.response());
    var scratch = new byte[SCRATCH_BYTES];
    call.moved();
    while (range.received() < range.length()) {
      int want = Math.min(scratch.length, range.length() - range.received());
      int read = body.read(scratch, 0, want);
      if (read < 0) {
        throw new S3Errors.CutShort("the connection ended " + (range.length() - range.received()) + " bytes too early");
      }
      call.moved();
      // The last bytes count only once the SDK has seen the end, where it compares the checksum.
      if (range.received() + read == range.length() && range.position() + range.length() == end) expectEnd(body);
      range.put(scratch, read);
    }
    call.bodyEnded();
    if (range.position() + range.length() < end) body.abort();
  }

  private static void expectEnd(ResponseInputStream<GetObjectResponse> body) throws IOException {
    if (body.read() >= 0) throw new IOException("the server sent more bytes than it announced");
  }

  /// Learns or compares the version, and sets the range's length; returns where this body ends in the object.
  private long meet(DownloadRange range, GetObjectResponse answer) throws IOException {
    var known = version;
    if (known == null) {
      var length = answer.contentLength();
      if (length == null) throw new IOException("the server's answer names no length");
      known = new Version(length, answer.eTag(), isVersion(answer.versionId()) ? answer.versionId() : null);
      if (answer.eTag() == null && length > range.capacity()) {
        throw new IOException("the server's answer names no ETag, so that ranges of two versions could be mixed");
      }
      range.setLength((int) Math.min(length, range.capacity()));
      version = known;
      if (onLength != null) onLength.accept(length);
      return length;
    }
    if (known.etag != null && answer.eTag() != null && !known.etag.equals(answer.eTag())) {
      throw new S3Errors.Changed("the object changed meanwhile");
    }
    var expected =
        "bytes "
            + (range.position() + range.received())
            + "-"
            + (range.position() + range.length() - 1)
            + "/"
            + known.length;
    if (!expected.equals(answer.contentRange())) {
      throw new S3Errors.Changed(
          "the server gave " + Objects.toString(answer.contentRange(), "no range") + ", not " + expected);
    }
    return range.position() + range.length();
  }

  private static boolean isVersion(@Nullable String id) {
    return id != null && !id.equals("null");
  }
}
