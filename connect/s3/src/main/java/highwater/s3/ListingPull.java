package highwater.s3;

import static java.util.Objects.requireNonNull;

import highwater.Diagnosis.Cause;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.pipeline.WorksElsewhere;
import highwater.strand.Elsewhere;
import highwater.strand.InOrder;
import java.io.IOException;
import java.time.Instant;
import java.util.Collections;
import java.util.Iterator;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;

/// One run of a listing: a page is asked for when the one before it is used up.
final class ListingPull implements Pull<S3Object>, WorksElsewhere.Counted {
  private final S3Location location;
  private final int pageObjects;
  private final Connection connection;
  private @Nullable PartContext context;
  private @Nullable InOrder<Optional<String>, ListObjectsV2Response> order;
  private Iterator<software.amazon.awssdk.services.s3.model.S3Object> page = Collections.emptyIterator();
  private boolean lastPage;
  private @Nullable String next;

  ListingPull(S3Listing recipe) {
    location = recipe.location();
    pageObjects = recipe.pageObjects();
    connection = new Connection(recipe.access());
  }

  @Override
  public void open(PartContext context) {
    this.context = context;
    order = InOrder.waiting(1, this::fetch, _ -> {}, context::wake);
    connection.watch(context);
    order.submit(Optional.empty());
  }

  /// On a thread of its own.
  private ListObjectsV2Response fetch(Optional<String> token) throws IOException {
    try {
      return connection.request(
          (client, _) ->
              client.listObjectsV2(
                  list ->
                      list.bucket(location.bucket())
                          .prefix(location.key())
                          .maxKeys(pageObjects)
                          .continuationToken(token.orElse(null))));
    } catch (Exception e) {
      throw S3Errors.listing(location, e);
    }
  }

  @Override
  public Progress poll() throws Exception {
    while (!page.hasNext()) {
      if (lastPage) return Progress.DONE;
      var answer = running().take();
      if (answer == null) return Progress.WAITING;
      page = answer.contents().iterator();
      turnTo(answer);
    }
    return Progress.READY;
  }

  private void turnTo(ListObjectsV2Response answer) throws IOException {
    lastPage = !Boolean.TRUE.equals(answer.isTruncated());
    if (lastPage) return;
    var token = answer.nextContinuationToken();
    if (token == null || token.isEmpty()) {
      throw S3Errors.listing(
          location, new IOException("the server says that there is more, and not how to ask for it"));
    }
    // Held until the page is used up; an empty one is at once.
    next = token;
    if (!page.hasNext()) askNext();
  }

  private void askNext() {
    if (next != null) running().submit(Optional.of(next));
    next = null;
  }

  @Override
  public S3Object next() {
    var object = page.next();
    if (!page.hasNext()) askNext();
    return new S3Object(
        location.bucket(),
        object.key(),
        Objects.requireNonNullElse(object.size(), 0L),
        Objects.requireNonNullElse(object.eTag(), "").replace("\"", ""),
        Objects.requireNonNullElse(object.lastModified(), Instant.EPOCH));
  }

  @Override
  public void abort(Throwable cause) {
    if (order != null) order.close();
  }

  @Override
  public void close() {
    if (order != null) order.close();
    page = Collections.emptyIterator();
    connection.close();
  }

  @Override
  public @Nullable Elsewhere elsewhere() {
    return order == null ? null : order.elsewhere();
  }

  @Override
  public long held() {
    return -1;
  }

  @Override
  public @Nullable String waitsFor() {
    return page.hasNext() || lastPage ? null : "the server of " + location;
  }

  @Override
  public Cause waitCause() {
    return Cause.PEER;
  }

  private InOrder<Optional<String>, ListObjectsV2Response> running() {
    requireNonNull(context, "not open");
    return requireNonNull(order, "not open");
  }
}
