package highwater.testkit;

import highwater.StreamOptions;
import highwater.pipeline.Footprint;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.Term;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A neighbour that gives chunks, always in the same buffer, which it spoils as soon as it may: who kept a lent chunk
/// shows.
///
/// @param chunks what it gives
/// @param failAt the number of the chunk, from 0, in whose place it fails; -1 for never, [#AT_ONCE] for when it is opened
/// @param late whether it waits before each chunk and before the end
record GivenOrigin<T>(List<T> chunks, int failAt, boolean late) implements PullOrigin<T> {
  static final String NAME = "given";
  static final int AT_ONCE = -2;
  static final long PAUSE_NANOS = Duration.ofMillis(1).toNanos();
  private static final byte SPOILED = (byte) 0xA5;

  static <T> GivenOrigin<T> of(List<T> chunks) {
    return new GivenOrigin<>(chunks, -1, false);
  }

  @Override
  public String name() {
    return NAME;
  }

  private int largest() {
    int largest = 0;
    for (var chunk : chunks) if (chunk instanceof ByteBuffer buffer) largest = Math.max(largest, buffer.remaining());
    return largest;
  }

  private boolean givesBytes() {
    return chunks.stream().allMatch(ByteBuffer.class::isInstance);
  }

  @Override
  public Footprint footprint(long inputMaxBytes) {
    if (!givesBytes()) return Footprint.unknown("objects");
    return Footprint.of("one buffer", largest(), Term.of(NAME, 1, largest()));
  }

  @Override
  public StreamOptions streamOptions() {
    return givesBytes() ? StreamOptions.bytes() : StreamOptions.objects();
  }

  @Override
  public Pull<T> pull() {
    return new Giving<>(this);
  }

  private static final class Giving<T> implements Pull<T> {
    private final GivenOrigin<T> recipe;
    private final ByteBuffer buffer;
    private @Nullable PartContext context;
    private int given;
    private boolean waited;

    Giving(GivenOrigin<T> recipe) {
      this.recipe = recipe;
      buffer = ByteBuffer.allocate(recipe.largest());
    }

    @Override
    public void open(PartContext context) {
      this.context = context;
      if (recipe.failAt == AT_ONCE) throw new Contract.Boom("when it is opened");
    }

    @Override
    public Progress poll() {
      Arrays.fill(buffer.array(), SPOILED);
      if (recipe.late && !waited) {
        var here = Objects.requireNonNull(context);
        here.strand()
            .after(
                PAUSE_NANOS,
                () -> {
                  waited = true;
                  here.wake();
                });
        return Progress.WAITING;
      }
      waited = false;
      if (given == recipe.failAt) throw new Contract.Boom("in place of chunk " + given);
      if (given == recipe.chunks.size()) return Progress.DONE;
      if (recipe.chunks.get(given) instanceof ByteBuffer chunk) buffer.clear().put(chunk.duplicate()).flip();
      return Progress.READY;
    }

    @Override
    @SuppressWarnings("unchecked") // A ByteBuffer for a ByteBuffer.
    public T next() {
      var chunk = recipe.chunks.get(given++);
      return chunk instanceof ByteBuffer ? (T) buffer : chunk;
    }

    @Override
    public String waitsFor() {
      return "a timer";
    }
  }
}
