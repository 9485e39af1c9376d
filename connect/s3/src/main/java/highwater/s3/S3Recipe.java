package highwater.s3;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.time.Duration;
import java.util.function.Supplier;
import software.amazon.awssdk.services.s3.S3Client;

/// What every recipe for S3 lets one choose: who is asked, and how long an answer may take.
///
/// Unless it names a client of its own, a run makes one of the SDK's defaults and closes it. That takes
///
/// - the endpoint from [#endpoint], `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, a profile's `endpoint_url`, else AWS; one
///   that is not AWS's gets buckets as paths (`http://host/bucket/key`),
/// - the region from [#region], `AWS_REGION`, a profile, the machine's own service on AWS; `us-east-1` for another endpoint
///   that names none,
/// - credentials from the SDK's own chain: properties, environment, profile, container, machine,
/// - the SDK's standard retries: a request is sent three times at most.
///
/// @param <R> the recipe itself
public abstract sealed class S3Recipe<R> permits S3Origin, S3Target, S3Listing {
  private final S3Location location;
  private final Access access;

  S3Recipe(S3Location location, Access access) {
    this.location = location;
    this.access = access;
  }

  abstract R with(Access access);

  Access access() {
    return access;
  }

  /// Where the object is, or where the keys begin.
  public S3Location location() {
    return location;
  }

  /// What messages and plans call it: `s3://bucket/key`.
  public String name() {
    return location.toString();
  }

  /// The same, with a client of the caller's: asked for once a run, used by several threads, and not closed. Timeouts and
  /// retries of single requests are the client's then; [#idleTimeout] and [#totalTimeout] still hold.
  public R client(Supplier<? extends S3Client> clients) {
    return with(access.withClients(requireNonNull(clients, "clients")));
  }

  /// The same, at a server other than AWS's, such as `http://127.0.0.1:9000`.
  public R endpoint(URI endpoint) {
    return with(access.withEndpoint(endpoint));
  }

  /// The same, in this region, such as `eu-central-1`.
  public R region(String region) {
    return with(access.withRegion(requireNonNull(region, "region")));
  }

  /// The same, with this time to connect instead of 10 s.
  public R connectTimeout(Duration time) {
    return with(access.withConnectTimeout(time));
  }

  /// The same, with this time without a byte in either direction, after which a request has failed, instead of 60 s.
  public R idleTimeout(Duration time) {
    return with(access.withIdleTimeout(time));
  }

  /// The same, with this time for one request, retries and body included, instead of one hour.
  public R totalTimeout(Duration time) {
    return with(access.withTotalTimeout(time));
  }

  @Override
  public String toString() {
    return name();
  }
}
