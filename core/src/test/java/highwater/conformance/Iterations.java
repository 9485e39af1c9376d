package highwater.conformance;

import highwater.ChunkReader;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// The iterators of a scenario, which are asked now and then; their answers are told up to the first end or failure.
final class Iterations {
  private final Cast cast;
  private final Map<String, Iteration> iterations = new HashMap<>();

  Iterations(Cast cast) {
    this.cast = cast;
  }

  void begin(Op.Iterate op) {
    var iteration = new Iteration(op);
    iterations.put(iteration.label, iteration);
    if (op.every() != null) iteration.next();
  }

  void next(String on, int as) {
    var iteration = iterations.get(on + as);
    if (iteration != null) iteration.next();
  }

  void leave(String on, int as, String call) {
    var iteration = iterations.get(on + as);
    if (iteration != null) iteration.leave(call);
  }

  private final class Iteration {
    private final String label;
    private final @Nullable Integer every;
    private final ChunkReader<Object> reader;
    private int open;
    private boolean asked;
    private boolean over;

    /// The call with which it is left once no question is open.
    private @Nullable String leaving;

    Iteration(Op.Iterate op) {
      label = op.on() + op.as();
      every = op.every();
      reader = cast.readable(op.on()).chunks(Objects.requireNonNullElse(op.destroyOnReturn(), true));
    }

    void next() {
      if (over || leaving != null) return;
      asked = true;
      open++;
      cast.log(label + ".next()");
      reader.next().whenComplete(this::answered);
    }

    private void answered(@Nullable Object chunk, @Nullable Throwable error) {
      open--;
      if (over) return;
      over = chunk == null;
      cast.log(label + " > " + words(chunk, error));
      Chunks.consume(chunk);
      if (over) return;
      if (open == 0 && leaving != null) cast.clock.at(cast.clock.turn() + 1, this::leaveNow);
      else if (every != null) cast.clock.at(cast.clock.turn() + every, this::next);
    }

    private static String words(@Nullable Object chunk, @Nullable Throwable error) {
      if (chunk != null) return Chunks.show(chunk);
      if (error == null) return "end";
      return Cast.name(error instanceof CompletionException wrapped ? wrapped.getCause() : error);
    }

    void leave(String call) {
      if (over || leaving != null || !asked) return;
      leaving = call;
      if (open == 0) leaveNow();
    }

    private void leaveNow() {
      if (over) return;
      over = true;
      cast.log(label + "." + leaving);
      reader.close();
    }
  }
}
