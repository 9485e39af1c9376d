package highwater.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.contract.Probe;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import java.time.Duration;

/// What becomes of a run with a peer that misbehaves.
final class Outcomes {
  /// Limits that a test can wait for.
  static final Duration SHORT = Duration.ofSeconds(2);

  static final Duration LONG = Duration.ofSeconds(30);

  private Outcomes() {}

  /// Reads `bytes` of the pattern, exactly.
  static void read(HttpOrigin origin, long bytes) {
    Pipeline.from(origin).to(Probe.of(bytes).target()).run();
  }

  /// The message with which reading fails, which is one line that says what to do.
  static String failure(HttpOrigin origin, long bytes) {
    return message(origin.name(), catchThrowable(() -> read(origin, bytes)));
  }

  static void write(HttpTarget target, long bytes) {
    Pipeline.from(Probe.of(bytes).origin()).to(target).run();
  }

  static String failure(HttpTarget target, long bytes) {
    return message(target.name(), catchThrowable(() -> write(target, bytes)));
  }

  private static String message(String name, Throwable failure) {
    assertThat(failure).isInstanceOf(PipelineException.class);
    assertThat(((PipelineException) failure).stage()).isEqualTo(name);
    assertThat(failure.getCause()).isNotNull();
    var message = failure.getCause().getMessage();
    assertThat(message).isNotNull().contains("(expected: ").endsWith(")");
    assertThat(message.chars().noneMatch(Character::isISOControl)).as(message).isTrue();
    return message;
  }
}
