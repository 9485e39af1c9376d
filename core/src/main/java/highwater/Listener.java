package highwater;

import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A user's listener in its place on a stream.
final class Listener implements Hook, Registration {
  private final Life life;
  private final Event event;
  private final Object callback;

  /// Where it was attached; only consumers need it.
  private final @Nullable CallSite place;

  Listener(Life life, Event event, Object callback) {
    this.life = life;
    this.event = event;
    this.callback = callback;
    this.place = event == Event.DATA || event == Event.READABLE ? CallSite.here() : null;
  }

  @Override
  @SuppressWarnings("unchecked")
  public void on(Event event, @Nullable Object argument) {
    switch (event) {
      case DATA, ERROR, PIPE -> ((Consumer<@Nullable Object>) callback).accept(argument);
      case UNPIPE ->
          ((Consumer<@Nullable Object>) callback).accept(Objects.requireNonNull((Pipe.Unpiped) argument).source());
      case READABLE, END, PAUSE, RESUME, DRAIN, FINISH, CLOSE -> ((Runnable) callback).run();
    }
  }

  String describe() {
    return "a listener for " + event.name().toLowerCase(Locale.ROOT) + " at " + place;
  }

  @Override
  public void remove() {
    life.checkStrand("remove");
    life.off(event, this);
  }
}
