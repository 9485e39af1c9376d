package highwater.bench;

import com.typesafe.config.ConfigFactory;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// The actors in which Pekko's streams run, with its own settings but for the log.
@State(Scope.Benchmark)
public class PekkoSystem {
  private static final String SETTINGS = "pekko { loglevel = OFF, stdout-loglevel = OFF }";

  private final ActorSystem system =
      ActorSystem.create("bench", ConfigFactory.parseString(SETTINGS).withFallback(ConfigFactory.load()));

  ActorSystem system() {
    return system;
  }

  /// Waits for a stream's end.
  <T> T join(CompletionStage<T> end) throws Exception {
    return end.toCompletableFuture().get(10, TimeUnit.MINUTES);
  }

  /// Ends the actors.
  @TearDown(Level.Trial)
  public void terminate() throws Exception {
    system.terminate();
    join(system.getWhenTerminated());
  }
}
