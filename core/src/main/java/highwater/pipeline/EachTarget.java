package highwater.pipeline;

import static java.util.Objects.requireNonNull;

import highwater.StreamOptions;
import java.util.List;

/// A target that calls a function for each chunk; made by [Target#forEach].
///
/// @param name what messages call it
/// @param body what is called, on the run's strand
public record EachTarget<T>(String name, Body<? super T> body) implements PullTarget<T> {
  /// What is done with each chunk, or each batch of them.
  @FunctionalInterface
  public interface Body<T> {
    /// Takes one. What it throws fails the run as it is.
    void accept(T taken) throws Exception;
  }

  /// Refuses nulls.
  public EachTarget {
    requireNonNull(name, "name");
    requireNonNull(body, "body");
  }

  /// The same under a name for messages and plans.
  public EachTarget<T> named(String name) {
    return new EachTarget<>(name, body);
  }

  @Override
  public String advice() {
    return "its function is called for one chunk at a time: forEachAsync has several under way, forEachBatch many in a"
        + " call";
  }

  @Override
  public Footprint footprint(long inputMaxBytes) {
    return Footprint.of("a function, called for each chunk", 0);
  }

  @Override
  public StreamOptions streamOptions() {
    return StreamOptions.objects();
  }

  /// A chain of one link, so that it takes many objects in one call where they come so.
  @Override
  @SuppressWarnings("unchecked") // Its only link takes what this target takes.
  public Put<T> put() {
    return (Put<T>) (Put<?>) new Chain(List.of(), new Calling<>(body), name);
  }

  private static final class Calling<T> extends Link<T, Void> implements Link.Plain {
    private final Body<? super T> body;

    Calling(Body<? super T> body) {
      this.body = body;
    }

    @Override
    boolean accept(T chunk) throws Exception {
      try {
        body.accept(chunk);
      } catch (Throwable thrown) {
        throw failed(thrown);
      }
      return true;
    }

    @Override
    public Does does() {
      return Does.HANDS;
    }

    @Override
    public Object function() {
      return body;
    }
  }
}
