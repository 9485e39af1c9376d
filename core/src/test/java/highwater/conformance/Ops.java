package highwater.conformance;

import highwater.ErrorCode;
import highwater.Feed;
import highwater.Registration;
import highwater.StreamException;
import highwater.Streams;
import highwater.conformance.Cast.Player;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a scenario does to its streams: each op by the public API, logged as the recorder logs it.
final class Ops {
  private final Cast cast;
  private final Map<String, Registration> watches = new HashMap<>();

  private final Iterations iterations;
  private final Operators operators;

  Ops(Cast cast) {
    this.cast = cast;
    this.iterations = new Iterations(cast);
    this.operators = new Operators(cast);
  }

  void perform(Op op) {
    try {
      switch (op) {
        case Op.Write write -> write(write);
        case Op.WriteUntilFull write -> writeUntilFull(write);
        case Op.End end -> end(end);
        case Op.Cork(_, var on) -> cast.writable(on).cork();
        case Op.Uncork(_, var on) -> cast.writable(on).uncork();
        case Op.Destroy(_, var on, var error) -> {
          cast.log(on + ".destroy(" + Objects.requireNonNullElse(error, "") + ")");
          cast.stream(on).destroy(error == null ? null : new Cast.Scripted(error));
        }
        case Op.OnData listen -> onData(listen);
        case Op.OffData(_, var on) -> offData(on);
        case Op.OnReadable listen -> onReadable(listen);
        case Op.Read(_, var on, var size) -> read(on, size);
        case Op.Push(_, var on, var size) -> {
          var player = cast.player(on);
          cast.push(player, feed(player), player.chunks().next(size));
        }
        case Op.PushEnd(_, var on) -> cast.pushEnd(cast.player(on), feed(cast.player(on)));
        case Op.Unshift(_, var on, var size) -> {
          var chunk = cast.player(on).chunks().next(size);
          cast.log(on + ".unshift(" + Chunks.show(chunk) + ")");
          cast.readable(on).unshift(chunk);
        }
        case Op.Pause(_, var on) -> {
          cast.log(on + ".pause()");
          cast.readable(on).pause();
        }
        case Op.Resume(_, var on) -> {
          cast.log(on + ".resume()");
          cast.readable(on).resume();
        }
        case Op.Pipe(_, var on, var to, var end) -> {
          cast.log(on + ".pipe(" + to + ")");
          cast.readable(on).pipe(cast.writable(to), end == null || end);
        }
        case Op.Unpipe(_, var on, var to) -> {
          cast.log(on + ".unpipe(" + Objects.requireNonNullElse(to, "") + ")");
          if (to == null) cast.readable(on).unpipe();
          else cast.readable(on).unpipe(cast.writable(to));
        }
        case Op.Pipeline(_, _, var through) -> {
          cast.log("pipeline(" + String.join(" ", through) + ")");
          Streams.pipeline(
              through.stream().map(cast::stream).toList(), error -> cast.log("pipeline " + Cast.name(error)));
        }
        case Op.Finished finished -> finished(finished);
        case Op.Forget(_, var on, var as) -> {
          cast.log(on + ".forget(" + as + ")");
          watch(on, as).remove();
        }
        case Op.Alien alien -> alien(alien);
        case Op.React react -> react(react);
        case Op.Iterate iterate -> iterations.begin(iterate);
        case Op.Next(_, var on, var as) -> iterations.next(on, as);
        case Op.Return(_, var on, var as) -> iterations.leave(on, as, "return()");
        case Op.Throw(_, var on, var as, var error) -> iterations.leave(on, as, "throw(" + error + ")");
        case Op.Operate operate -> operators.operate(operate);
      }
    } catch (RuntimeException error) {
      var verb = op.getClass().getSimpleName();
      cast.log(
          (op.on() == null ? "undefined" : op.on())
              + "."
              + Character.toLowerCase(verb.charAt(0))
              + verb.substring(1)
              + " threw "
              + Cast.name(error));
    }
  }

  private void write(Op.Write op) {
    var chunk = cast.player(op.on()).chunks().next(op.size());
    var shown = Chunks.show(chunk);
    boolean more =
        cast.writable(op.on()).write(chunk, error -> cast.log(op.on() + ".written(" + shown + ") " + Cast.name(error)));
    cast.log(op.on() + ".write(" + shown + ") > " + more);
  }

  private void writeUntilFull(Op.WriteUntilFull op) {
    boolean more = true;
    for (int i = 0; i < op.max() && more; i++) {
      var chunk = cast.player(op.on()).chunks().next(op.size());
      var shown = Chunks.show(chunk);
      more = cast.writable(op.on()).write(chunk);
      cast.log(op.on() + ".write(" + shown + ") > " + more);
    }
  }

  private void end(Op.End op) {
    Consumer<@Nullable Throwable> ended = error -> cast.log(op.on() + ".ended " + Cast.name(error));
    cast.log(op.on() + ".end()");
    if (op.size() == null) cast.writable(op.on()).end(ended);
    else cast.writable(op.on()).end(cast.player(op.on()).chunks().next(op.size()), ended);
  }

  private void onData(Op.OnData op) {
    var readable = cast.readable(op.on());
    cast.player(op.on()).dataListener =
        readable.onData(
            chunk -> {
              cast.log(op.on() + "!data " + Chunks.show(chunk));
              Chunks.consume(chunk);
              if (op.pauseFor() != null) {
                readable.pause();
                cast.clock.at(
                    cast.clock.turn() + op.pauseFor(),
                    () -> {
                      cast.log(op.on() + ".resume()");
                      readable.resume();
                    });
              }
            });
  }

  private void offData(String on) {
    var listener = cast.player(on).dataListener;
    if (listener == null) {
      throw new StreamException(ErrorCode.ERR_INVALID_ARG_TYPE, on + " has no data listener");
    }
    listener.remove();
  }

  private void onReadable(Op.OnReadable op) {
    var readable = cast.readable(op.on());
    readable.onReadable(
        () -> {
          cast.log(op.on() + "!readable");
          boolean more = true;
          while (more) more = read(op.on(), op.size()) && Boolean.TRUE.equals(op.all());
        });
  }

  /// Reads, and tells whether there was something.
  private boolean read(String on, @Nullable Integer size) {
    var chunk = size == null ? cast.readable(on).read() : cast.readable(on).read(size);
    cast.log(on + ".read(" + (size == null ? "" : size) + ") > " + Chunks.show(chunk));
    Chunks.consume(chunk);
    return chunk != null;
  }

  private void finished(Op.Finished op) {
    var stream = cast.stream(op.on());
    var sides = Streams.FinishedOptions.of(stream);
    var asked = op.options();
    if (asked != null) {
      sides =
          new Streams.FinishedOptions(
              Objects.requireNonNullElse(asked.readable(), sides.readable()),
              Objects.requireNonNullElse(asked.writable(), sides.writable()),
              Objects.requireNonNullElse(asked.error(), sides.error()));
    }
    var label = op.on() + ".finished" + (op.as() == null ? "" : "(" + op.as() + ")");
    var watch = Streams.finished(stream, sides, error -> cast.log(label + " " + Cast.name(error)));
    if (op.as() != null) watches.put(op.on() + "." + op.as(), watch);
  }

  private Registration watch(String on, int as) {
    return Objects.requireNonNull(watches.get(on + "." + as), () -> on + " has no watch " + as);
  }

  /// Types forbid what the recorder does here, in bytes; null they cannot forbid.
  @SuppressWarnings("NullAway")
  private void alien(Op.Alien op) {
    var player = cast.player(op.on());
    Object chunk = player.spec().objectMode() ? null : 7;
    switch (op.how()) {
      case WRITE -> {
        boolean more = cast.writable(op.on()).write(chunk);
        cast.log(op.on() + ".write(" + Chunks.show(chunk) + ") > " + more);
      }
      case END -> {
        cast.log(op.on() + ".end()");
        cast.writable(op.on()).end(chunk);
      }
      case PUSH -> cast.push(player, feed(player), chunk);
      case UNSHIFT -> {
        cast.log(op.on() + ".unshift(" + Chunks.show(chunk) + ")");
        cast.readable(op.on()).unshift(chunk);
      }
    }
  }

  private void react(Op.React op) {
    var registration = new Registration[1];
    Runnable once =
        () -> {
          registration[0].remove();
          perform(op.then());
        };
    registration[0] =
        switch (op.event()) {
          case CLOSE -> cast.stream(op.on()).onClose(once);
          case ERROR -> cast.stream(op.on()).onError(_ -> once.run());
          case END -> cast.readable(op.on()).onEnd(once);
          case PAUSE -> cast.readable(op.on()).onPause(once);
          case RESUME -> cast.readable(op.on()).onResume(once);
          case FINISH -> cast.writable(op.on()).onFinish(once);
          case DRAIN -> cast.writable(op.on()).onDrain(once);
          case PIPE -> cast.writable(op.on()).onPipe(_ -> once.run());
          case UNPIPE -> cast.writable(op.on()).onUnpipe(_ -> once.run());
        };
  }

  private static Feed<Object> feed(Player player) {
    return Objects.requireNonNull(player.feed, () -> player.id() + " cannot be pushed to from outside");
  }
}
