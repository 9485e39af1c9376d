package highwater.s3;

/// The recipes for objects of S3 and of servers that speak like it.
///
/// ```java
/// Pipeline.from(FileStreams.read(Path.of("dump.sql")))
///     .through(Gzip.compress())
///     .to(S3Streams.write("backups", "dump.sql.gz"))       // there only when complete
///     .run();
/// ```
/// Endpoint, region and credentials come from where the AWS SDK looks for them (`AWS_ENDPOINT_URL_S3`, `AWS_REGION`, a
/// profile, ...), unless the recipe names its own: see [S3Recipe].
public final class S3Streams {
  private S3Streams() {}

  /// An origin that reads one object, by ranges in parallel.
  public static S3Origin read(String bucket, String key) {
    return read(new S3Location(bucket, key));
  }

  /// An origin that reads the object at `location`, by ranges in parallel.
  public static S3Origin read(S3Location location) {
    return new S3Origin(location.ofObject());
  }

  /// A target that writes one object, in parts in parallel.
  public static S3Target write(String bucket, String key) {
    return write(new S3Location(bucket, key));
  }

  /// A target that writes the object at `location`, in parts in parallel.
  public static S3Target write(S3Location location) {
    return new S3Target(location.ofObject());
  }

  /// An origin of the objects whose keys begin with `prefix`, in the order of the server, which is that of the keys.
  public static S3Listing list(String bucket, String prefix) {
    return list(new S3Location(bucket, prefix));
  }

  /// An origin of the objects whose addresses begin with `location`.
  public static S3Listing list(S3Location location) {
    return new S3Listing(location);
  }
}
