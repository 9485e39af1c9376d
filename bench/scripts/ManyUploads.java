import highwater.io.FileStreams;
import highwater.memory.Budget;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineRun;
import highwater.s3.S3Streams;
import java.nio.file.Path;
import java.util.ArrayList;

/// Many uploads of one file at a time in one process, under one budget: `java ManyUploads.java FILE BUCKET COUNT BUDGET_BYTES`.
public class ManyUploads {
  public static void main(String[] arguments) throws Exception {
    var budget = Budget.of(Long.parseLong(arguments[3]));
    var runs = new ArrayList<PipelineRun>();
    for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
      runs.add(
          Pipeline.from(FileStreams.read(Path.of(arguments[0])))
              .to(S3Streams.write(arguments[1], "many-" + i))
              .withBudget(budget)
              .start());
    }
    for (var run : runs) run.join();
    System.err.println(
        "all "
            + runs.size()
            + " succeeded; charged "
            + budget.peakBytes()
            + " bytes at most, "
            + budget.usedBytes()
            + " now");
  }
}
