package highwater.s3;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// The requests of one upload: each waits, on a thread that is made for it.
///
/// Thread rule: each request from one thread; parts several at a time.
final class Upload {
  /// How often an abort is repeated while the server still lists parts, as calls that had begun may add some after it.
  private static final int ABORTS_MAX = 3;

  private static final String TYPE = "application/octet-stream";

  private final Connection connection;
  private final S3Location location;
  private final @Nullable String contentType;
  private final Map<String, String> metadata;

  /// Known once the server has answered.
  private final CompletableFuture<String> id = new CompletableFuture<>();

  /// What the server has said it has, by number; guarded by itself.
  private final ArrayList<CompletedPart> sent = new ArrayList<>();

  Upload(Connection connection, S3Location location, @Nullable String contentType, Map<String, String> metadata) {
    this.connection = connection;
    this.location = location;
    this.contentType = contentType;
    this.metadata = metadata;
  }

  private String type() {
    return contentType == null ? TYPE : contentType;
  }

  /// Sends the object whole.
  void put(UploadPart whole) throws Exception {
    try {
      var answer =
          connection.request(
              (client, call) ->
                  client.putObject(
                      put ->
                          put.bucket(location.bucket())
                              .key(location.key())
                              .contentType(type())
                              .metadata(metadata)
                              .contentLength(whole.length())
                              .checksumCRC32(whole.crc32()),
                      body(whole, call)));
      requireTag(answer.eTag());
    } catch (Exception e) {
      throw S3Errors.writing(location, 0, e);
    }
  }

  /// An answer of 200 alone may be a proxy's.
  private static void requireTag(@Nullable String tag) throws IOException {
    if (tag == null || tag.isEmpty())
      throw new IOException("the server's answer names no ETag, so it may not have the data");
  }

  private RequestBody body(UploadPart part, Connection.Call call) {
    return RequestBody.fromContentProvider(() -> part.body(call), part.length(), type());
  }

  /// Begins an upload of parts.
  void create() throws Exception {
    try {
      var created =
          connection.request(
              (client, _) ->
                  client.createMultipartUpload(
                      create ->
                          create
                              .bucket(location.bucket())
                              .key(location.key())
                              .contentType(type())
                              .metadata(metadata)
                              .checksumAlgorithm(ChecksumAlgorithm.CRC32)));
      var upload = created.uploadId();
      if (upload == null || upload.isEmpty()) throw new IOException("the server's answer names no upload");
      id.complete(upload);
    } catch (Throwable e) {
      id.completeExceptionally(e);
      throw e;
    }
  }

  /// Sends one part, once the upload has begun.
  void send(UploadPart part) throws Exception {
    try {
      var upload = awaitId();
      var crc = part.crc32();
      var answer =
          connection.request(
              (client, call) ->
                  client.uploadPart(
                      put ->
                          put.bucket(location.bucket())
                              .key(location.key())
                              .uploadId(upload)
                              .partNumber(part.number)
                              .contentLength(part.length())
                              .checksumCRC32(crc),
                      body(part, call)));
      var echoed = answer.checksumCRC32();
      if (echoed != null && !echoed.equals(crc)) {
        throw new IOException("the server has other bytes than were sent: CRC-32 " + echoed + ", not " + crc);
      }
      requireTag(answer.eTag());
      var completed = CompletedPart.builder().partNumber(part.number).eTag(answer.eTag()).checksumCRC32(echoed).build();
      synchronized (sent) {
        sent.add(completed);
      }
    } catch (Exception e) {
      throw S3Errors.writing(location, part.position, e);
    }
  }

  private String awaitId() throws Exception {
    try {
      return id.get();
    } catch (ExecutionException e) {
      throw Errand.thrown(Objects.requireNonNullElse(e.getCause(), e));
    }
  }

  /// Makes the object of its parts, of which there are `parts`.
  void complete(int parts) throws Exception {
    var list = new ArrayList<CompletedPart>();
    synchronized (sent) {
      list.addAll(sent);
    }
    assert list.size() == parts : list.size() + " of " + parts;
    list.sort((a, b) -> Integer.compare(a.partNumber(), b.partNumber()));
    try {
      var upload = awaitId();
      var answer =
          connection.request(
              (client, _) ->
                  client.completeMultipartUpload(
                      complete ->
                          complete
                              .bucket(location.bucket())
                              .key(location.key())
                              .uploadId(upload)
                              .multipartUpload(all -> all.parts(list))));
      requireTag(answer.eTag());
    } catch (Exception e) {
      throw S3Errors.completing(location, e);
    }
  }

  /// Whether the server has said which upload it is.
  boolean isKnown() {
    return id.isDone() && !id.isCompletedExceptionally();
  }

  /// Whether there may be an upload whose name is not known: the request has reached the server, as far as can be told, and
  /// no answer has come.
  boolean mayBeUnknown() {
    if (!id.isDone()) return true;
    if (!id.isCompletedExceptionally()) return false;
    for (var cause = id.exceptionNow(); cause != null; cause = cause.getCause()) {
      if (cause instanceof S3Exception
          || cause instanceof ConnectException
          || cause instanceof UnknownHostException
          || cause instanceof SSLException) return false;
      if (cause instanceof IOException
          || cause instanceof InterruptedException
          || cause instanceof AbortedException
          || cause instanceof Connection.Overdue) return true;
    }
    // The client's own refusal: no credentials, no region.
    return false;
  }

  /// Removes the upload with all its parts. Throws what says how to remove it by hand.
  void abort() throws Exception {
    var upload = awaitId();
    try {
      for (int i = 0; i < ABORTS_MAX; i++) {
        if (!abortOnce(upload) || !hasParts(upload)) return;
      }
      throw new IOException("the server still lists parts of it");
    } catch (Exception e) {
      throw S3Errors.aborting(location, upload, e);
    }
  }

  /// False where there is no such upload.
  private boolean abortOnce(String upload) throws Exception {
    try {
      connection.request(
          (client, _) ->
              client.abortMultipartUpload(
                  abort -> abort.bucket(location.bucket()).key(location.key()).uploadId(upload)));
      return true;
    } catch (S3Exception e) {
      if (isGone(e)) return false;
      throw e;
    }
  }

  private boolean hasParts(String upload) throws Exception {
    try {
      return connection
          .request(
              (client, _) ->
                  client.listParts(
                      list -> list.bucket(location.bucket()).key(location.key()).uploadId(upload).maxParts(1)))
          .hasParts();
    } catch (S3Exception _) {
      // Gone; or it may not be listed, and the answer to the abort has to do.
      return false;
    }
  }

  private static boolean isGone(S3Exception e) {
    return e instanceof NoSuchUploadException || e.statusCode() == 404;
  }
}
