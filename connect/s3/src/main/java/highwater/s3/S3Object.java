package highwater.s3;

import java.time.Instant;

/// What a listing says of one object.
///
/// @param bucket the bucket that was listed
/// @param key its key
/// @param sizeBytes its length
/// @param etag the server's mark of its content, without quotes; empty where the server names none
/// @param lastModified when it was written
public record S3Object(String bucket, String key, long sizeBytes, String etag, Instant lastModified) {
  /// Where it is, to be read or replaced.
  public S3Location location() {
    return new S3Location(bucket, key);
  }
}
