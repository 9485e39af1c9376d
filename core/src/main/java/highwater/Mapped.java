package highwater;

import highwater.strand.Strand;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The source of an operator that makes each chunk into one, none, or the end: `map`, `filter`, `drop`, `take`, `takeWhile`.
///
/// It holds nothing: one chunk of the source is taken for each question, and more while they give nothing.
final class Mapped<T, R> implements Source<R>, Taking.Receiver<T>, Relay {
  /// What one chunk becomes: [Mapped#give], [Mapped#end], or neither.
  interface Step<T, R> {
    /// Takes one chunk.
    void take(T chunk, Mapped<T, R> out) throws Exception;
  }

  /// The mark of what an operator makes, as Node's: one chunk.
  static final StreamOptions OPTIONS = StreamOptions.objects().withReadableMark(1);

  private final Taking<T> taking;
  private final Step<T, R> step;
  private @Nullable Feed<R> feed;

  /// The question was answered.
  private boolean answered;

  /// It ends when it is asked again.
  private boolean endsWhenAsked;

  private Mapped(ReadableStream<T> source, Step<T, R> step) {
    this.taking = new Taking<>(Ownership.claim("an operator such as map"), source, this);
    this.step = step;
  }

  static <T, R> ReadableStream<R> of(ReadableStream<T> source, Step<T, R> step) {
    return LiveReadable.passingOn(new Mapped<>(source, step), OPTIONS);
  }

  /// The first `count` chunks. With none wanted the source is not asked at all.
  static <T> ReadableStream<T> first(ReadableStream<T> source, long count) {
    checkCount("take", count);
    var left = new long[] {count};
    var mapped =
        new Mapped<T, T>(
            source,
            (chunk, out) -> {
              out.give(chunk);
              out.endsWhenAsked = --left[0] == 0;
            });
    mapped.endsWhenAsked = count == 0;
    return LiveReadable.passingOn(mapped, OPTIONS);
  }

  static void checkCount(String call, long count) {
    if (count >= 0) return;
    throw new StreamException(ErrorCode.ERR_OUT_OF_RANGE, call + "(" + count + ") (expected: 0 or more chunks)");
  }

  @Override
  public void start(Feed<R> feed) {
    this.feed = feed;
  }

  @Override
  public void read(Feed<R> feed) {
    if (endsWhenAsked) end();
    else taking.ask();
  }

  @Override
  public void take(T chunk) throws Exception {
    answered = false;
    step.take(chunk, this);
    if (!answered) taking.ask();
  }

  void give(R made) {
    answered = true;
    feed().push(made);
  }

  /// Ends here, whatever the source still has.
  void end() {
    answered = true;
    taking.stop(null);
    endLater();
  }

  /// Outside the read that asked: the `end` then waits for who reads past the last chunk.
  private void endLater() {
    Strand.current().afterTicks(feed()::end);
  }

  @Override
  public void over(@Nullable Throwable error) {
    if (error == null) endLater();
    else Strand.current().afterTicks(() -> feed().fail(error));
  }

  @Override
  public void destroy(@Nullable Throwable error, Done done) {
    taking.stop(error);
    done.ok();
  }

  @Override
  public Relay.@Nullable Side inlet() {
    return taking.input();
  }

  @Override
  public Relay.@Nullable Side output() {
    return Relay.fedBy(feed);
  }

  private Feed<R> feed() {
    return Objects.requireNonNull(feed);
  }
}
