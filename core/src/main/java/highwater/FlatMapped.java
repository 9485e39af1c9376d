package highwater;

import highwater.strand.Strand;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The source of `flatMap`: each chunk becomes a stream, and these are read to their end one after the other.
final class FlatMapped<T, R> implements Source<R>, Taking.Receiver<T>, Relay {
  private final Taking<T> taking;
  private final Function<? super T, ? extends ReadableStream<? extends R>> function;
  private @Nullable Taking<? extends R> inner;
  private @Nullable Feed<R> feed;

  private FlatMapped(ReadableStream<T> source, Function<? super T, ? extends ReadableStream<? extends R>> function) {
    this.taking = new Taking<>(Ownership.claim("flatMap"), source, this);
    this.function = function;
  }

  static <T, R> ReadableStream<R> of(
      ReadableStream<T> source, Function<? super T, ? extends ReadableStream<? extends R>> function) {
    return LiveReadable.passingOn(new FlatMapped<>(source, function), Mapped.OPTIONS);
  }

  @Override
  public void start(Feed<R> feed) {
    this.feed = feed;
  }

  @Override
  public void read(Feed<R> feed) {
    if (inner == null) taking.ask();
    else inner.ask();
  }

  @Override
  public void take(T chunk) {
    ReadableStream<? extends R> stream = function.apply(chunk);
    if (stream == null) throw Failures.nullResult("flatMap", "a readable; ReadableStream.empty() for nothing");
    var next = new Taking<>(taking.claim(), stream, new Inner());
    inner = next;
    next.ask();
  }

  @Override
  public void over(@Nullable Throwable error) {
    // Outside the read that asked, as in Mapped.
    if (error == null) Strand.current().afterTicks(feed()::end);
    else Strand.current().afterTicks(() -> feed().fail(error));
  }

  private final class Inner implements Taking.Receiver<R>, Relay {
    @Override
    public Relay.@Nullable Side output() {
      return Relay.fedBy(feed);
    }

    @Override
    public void take(R chunk) {
      feed().push(chunk);
    }

    @Override
    public void over(@Nullable Throwable error) {
      inner = null;
      if (error == null) taking.ask();
      else Strand.current().afterTicks(() -> feed().fail(error));
    }
  }

  @Override
  public void destroy(@Nullable Throwable error, Done done) {
    if (inner != null) inner.stop(error);
    taking.stop(error);
    done.ok();
  }

  @Override
  public Relay.@Nullable Side inlet() {
    return inner != null ? inner.input() : taking.input();
  }

  @Override
  public Relay.@Nullable Side output() {
    return Relay.fedBy(feed);
  }

  private Feed<R> feed() {
    return Objects.requireNonNull(feed);
  }
}
