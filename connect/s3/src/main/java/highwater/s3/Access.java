package highwater.s3;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.endpoints.Endpoint;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.InstanceProfileRegionProvider;
import software.amazon.awssdk.regions.providers.SystemSettingsRegionProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.endpoints.S3EndpointParams;
import software.amazon.awssdk.services.s3.endpoints.S3EndpointProvider;

/// How a run gets its client: the settings that all recipes share.
record Access(
    @Nullable Supplier<? extends S3Client> clients,
    @Nullable URI endpoint,
    @Nullable String region,
    Duration connectTimeout,
    Duration idleTimeout,
    Duration totalTimeout) {
  private static final Duration LONGEST = Duration.ofDays(7);

  /// Everything from where the SDK looks for it.
  static final Access DEFAULT =
      new Access(null, null, null, Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofHours(1));

  /// What a server that is not AWS's is told when nobody names a region: it must be signed, and means nothing there.
  private static final Region ANY_REGION = Region.US_EAST_1;

  Access {
    checkTime("connectTimeout", connectTimeout);
    checkTime("idleTimeout", idleTimeout);
    checkTime("totalTimeout", totalTimeout);
    if (endpoint != null) checkEndpoint(endpoint);
  }

  private static void checkTime(String name, Duration time) {
    if (time.compareTo(Duration.ofMillis(1)) < 0 || time.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(name + ": " + time + " (expected: 1 ms to 7 days)");
    }
  }

  private static void checkEndpoint(URI endpoint) {
    var scheme = String.valueOf(endpoint.getScheme()).toLowerCase(Locale.ROOT);
    // What it says is not repeated: it may hold a password.
    if (endpoint.getRawUserInfo() != null || endpoint.getRawQuery() != null) {
      throw new IllegalArgumentException(
          "an endpoint takes neither credentials nor a query (expected: http://HOST:PORT or https://HOST; set"
              + " AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY)");
    }
    if (!(scheme.equals("http") || scheme.equals("https")) || endpoint.getHost() == null) {
      throw new IllegalArgumentException(
          "not an endpoint: "
              + S3Location.printable(endpoint.toString())
              + " (expected: http://HOST:PORT or https://HOST)");
    }
  }

  Access withClients(Supplier<? extends S3Client> clients) {
    return new Access(clients, endpoint, region, connectTimeout, idleTimeout, totalTimeout);
  }

  Access withEndpoint(URI endpoint) {
    return new Access(clients, endpoint, region, connectTimeout, idleTimeout, totalTimeout);
  }

  Access withRegion(String region) {
    return new Access(clients, endpoint, region, connectTimeout, idleTimeout, totalTimeout);
  }

  Access withConnectTimeout(Duration time) {
    return new Access(clients, endpoint, region, time, idleTimeout, totalTimeout);
  }

  Access withIdleTimeout(Duration time) {
    return new Access(clients, endpoint, region, connectTimeout, time, totalTimeout);
  }

  Access withTotalTimeout(Duration time) {
    return new Access(clients, endpoint, region, connectTimeout, idleTimeout, time);
  }

  /// Makes or asks for the client of one run. May wait for the machine's own service, so never on a strand.
  S3Client newClient() {
    Quiet.loggers();
    if (clients != null) return clients.get();
    var builder =
        S3Client.builder()
            .httpClientBuilder(
                new BrokenOffClient.Builder(
                    UrlConnectionHttpClient.builder().connectionTimeout(connectTimeout).socketTimeout(idleTimeout)))
            .overrideConfiguration(all -> all.retryStrategy(RetryMode.STANDARD))
            // Each part brings its own: the SDK's would wrap the body in chunks, which not every server takes, and copy
            // every byte twice on the heap.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .serviceConfiguration(s3 -> s3.chunkedEncodingEnabled(false))
            .endpointProvider(new Endpoints(S3EndpointProvider.defaultProvider()))
            .region(regionOfRun());
    if (endpoint != null) builder.endpointOverride(endpoint);
    return builder.build();
  }

  /// Whether the run closes its client.
  boolean ownsClient() {
    return clients == null;
  }

  private Region regionOfRun() {
    if (region != null) return Region.of(region);
    try {
      return new AwsRegionProviderChain(new SystemSettingsRegionProvider(), new AwsProfileRegionProvider()).getRegion();
    } catch (SdkClientException nowhere) {
      if (namesEndpoint()) return ANY_REGION;
      // Last, as it asks the network: a second or more where there is no such service.
      AwsRegionProvider machine = new InstanceProfileRegionProvider();
      var found = machine.getRegion();
      if (found == null) throw nowhere;
      return found;
    }
  }

  private boolean namesEndpoint() {
    return endpoint != null
        || System.getProperty("aws.endpointUrlS3") != null
        || System.getProperty("aws.endpointUrl") != null
        || System.getenv("AWS_ENDPOINT_URL_S3") != null
        || System.getenv("AWS_ENDPOINT_URL") != null;
  }

  /// The SDK's endpoints, with buckets as paths where the server is not AWS's, wherever its address was found.
  private record Endpoints(S3EndpointProvider provider) implements S3EndpointProvider {
    @Override
    public CompletableFuture<Endpoint> resolveEndpoint(S3EndpointParams params) {
      var address = params.endpoint();
      if (address == null || isAws(address)) return provider.resolveEndpoint(params);
      return provider.resolveEndpoint(params.toBuilder().forcePathStyle(true).build());
    }

    private static boolean isAws(String address) {
      var host = URI.create(address).getHost();
      return host != null && (host.endsWith(".amazonaws.com") || host.endsWith(".amazonaws.com.cn"));
    }
  }
}
