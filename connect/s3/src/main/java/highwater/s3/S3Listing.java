package highwater.s3;

import highwater.StreamOptions;
import highwater.pipeline.Footprint;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.Term;

/// The recipe that lists objects of S3, one [S3Object] a chunk; made by [S3Streams#list].
///
/// The server is asked for one page at a time, when the page before it is used up. What is written or removed meanwhile may be
/// listed or not; everything else is, once.
public final class S3Listing extends S3Recipe<S3Listing> implements PullOrigin<S3Object> {
  /// The most objects of one page (S3's limit).
  public static final int PAGE_MAX = 1000;

  /// The most that one object of a page takes: the key of 1,024 characters as text twice (of the answer, and in it), its
  /// other fields, and the objects around them.
  private static final int OBJECT_BYTES = 6 << 10;

  private final int pageObjects;

  S3Listing(S3Location location) {
    this(location, Access.DEFAULT, PAGE_MAX);
  }

  private S3Listing(S3Location location, Access access, int pageObjects) {
    super(location, access);
    this.pageObjects = pageObjects;
  }

  @Override
  S3Listing with(Access access) {
    return new S3Listing(location(), access, pageObjects);
  }

  /// The same, in pages of this many objects: 1 to 1,000.
  public S3Listing pageObjects(int objects) {
    if (objects < 1 || objects > PAGE_MAX) {
      throw new IllegalArgumentException("pageObjects: " + objects + " (expected: 1 to " + PAGE_MAX + ")");
    }
    return new S3Listing(location(), access(), objects);
  }

  int pageObjects() {
    return pageObjects;
  }

  @Override
  public String name() {
    return "list " + location();
  }

  @Override
  public StreamOptions streamOptions() {
    return StreamOptions.objects();
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    return Footprint.of(
        "pages of " + pageObjects + " objects, one at a time",
        OBJECT_BYTES,
        Term.of("page", 1, (long) pageObjects * OBJECT_BYTES));
  }

  @Override
  public Pull<S3Object> pull() {
    return new ListingPull(this);
  }
}
