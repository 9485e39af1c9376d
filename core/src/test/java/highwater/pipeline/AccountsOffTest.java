package highwater.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// `-Dhighwater.accounts=off`, which is read once, so in a process of its own.
@Timeout(60)
final class AccountsOffTest {
  /// Runs one fused run and one of live streams, and prints what they tell.
  public static final class Child {
    private Child() {}

    public static void main(String[] arguments) {
      var numbers = Numbers.of(IntStream.range(0, 1000).boxed().toList());
      tell(Pipeline.from(numbers).to(Target.forEach(_ -> {})).run());
      tell(
          Pipeline.from(Origin.of("ten", () -> highwater.ReadableStream.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)))
              .to(Target.of("nowhere", () -> highwater.WritableStream.toConsumer(_ -> {})))
              .run());
    }

    private static void tell(Report report) {
      long times = report.elapsed().toNanos();
      for (var stage : report.stages()) times += stage.busyNanos() + stage.starvedNanos() + stage.blockedNanos();
      System.out.println(
          times + " ns, " + report.stages().getLast().chunksIn() + " chunks: " + report.verdict().sentence());
    }
  }

  @Test
  void switchedOffThereAreCountsAndNoTimes() throws Exception {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var child =
        new ProcessBuilder(
                List.of(
                    java,
                    "-Dhighwater.accounts=off",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Child.class.getName()))
            .redirectErrorStream(true)
            .start();
    var output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(child.waitFor()).describedAs(output).isZero();
    assertThat(output.lines())
        .containsExactly(
            "0 ns, 1000 chunks: times are not accounted for (highwater.accounts=off)",
            "0 ns, 10 chunks: times are not accounted for (highwater.accounts=off)");
  }
}
