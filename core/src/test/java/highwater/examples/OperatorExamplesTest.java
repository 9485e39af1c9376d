package highwater.examples;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.CancelHandle;
import highwater.codec.Text;
import highwater.io.FileStreams;
import highwater.pipeline.Batch;
import highwater.pipeline.Pipeline;
import highwater.pipeline.Stage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The examples of the operators in docs/library.md.
class OperatorExamplesTest {
  @TempDir Path dir;

  private Path log() throws Exception {
    var lines = IntStream.range(0, 100).mapToObj(i -> (i % 10 == 3 ? "ERROR " : "INFO ") + i).toList();
    return Files.write(dir.resolve("app.log"), lines);
  }

  @Test
  void theFirstErrorsOfALog() throws Exception {
    var log = log();
    // @start region=operators
    List<String> first =
        Pipeline.from(FileStreams.read(log))
            .through(Text.lines())
            .filter(line -> line.startsWith("ERROR"))
            .map(line -> line.substring(6))
            .take(3) // the file is closed here, however long it is
            .toList(3)
            .run();
    // @end
    assertThat(first).containsExactly("3", "13", "23");
  }

  @Test
  void callsInParallelAndTheirResultsInOrder() throws Exception {
    var log = log();
    var inserted = new ArrayList<List<Integer>>();
    // @start region=parallel
    var cancel = new CancelHandle();
    long batches =
        Pipeline.from(FileStreams.read(log))
            .through(Text.lines())
            .through(Stage.mapBlocking(8, this::lookUp).cancelledBy(cancel)) // 8 virtual threads, results in order
            .batch(Batch.<Integer>of(30).within(Duration.ofSeconds(1))) // what came in a second, 30 at most
            .forEach(inserted::add)
            .run();
    // @end
    assertThat(batches).isGreaterThanOrEqualTo(4);
    assertThat(inserted.stream().flatMap(List::stream).collect(Collectors.toList()))
        .isEqualTo(IntStream.range(0, 100).boxed().toList());
  }

  @Test
  void whatIsBeforeABoundaryAndWhatIsBehindItGoOnAtTheSameTime() throws Exception {
    var log = log();
    var lengths = new ArrayList<Integer>();
    // @start region=boundary
    Pipeline.from(FileStreams.read(log))
        .through(Text.lines())
        .async(256)
        .map(String::length)
        .forEach(lengths::add)
        .run();
    // @end
    assertThat(lengths).hasSize(100).allMatch(length -> length > 4);
  }

  private Integer lookUp(String line) {
    return Integer.valueOf(line.substring(line.indexOf(' ') + 1));
  }
}
