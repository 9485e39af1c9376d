package highwater.pipeline;

import java.util.ArrayList;
import java.util.List;

/// Prints the plan of a pipeline: its names, a line for each stage, and the two figures.
final class Explanation {
  /// What a process takes before it holds any data: the JVM's code, classes, threads and a small heap, as measured in
  /// docs/memory.md with the launcher's flags. An estimate: the JVM of another program is larger.
  static final long PROCESS_BASE_BYTES = 60L << 20;

  private final Pipeline pipeline;

  Explanation(Pipeline pipeline) {
    this.pipeline = pipeline;
  }

  @Override
  public String toString() {
    var recipes = pipeline.recipes();
    var footprints = pipeline.footprints();
    var lines = new ArrayList<Line>();
    for (int i = 0; i < recipes.size(); i++) {
      if (recipes.get(i) instanceof AsyncOrigin<?> async) addBefore(async, lines);
      else lines.add(new Line(label(recipes.get(i), footprints.get(i)), footprints.get(i).how()));
    }
    int width = lines.stream().mapToInt(line -> line.label.length()).max().orElse(0);
    var text = new StringBuilder(String.join(" ─▶ ", pipeline.stageNames()));
    for (var line : lines) {
      text.append("\n  ").append(line.label).repeat(" ", width - line.label.length() + 2).append(line.how);
    }
    if (kernelMayCopy(recipes)) {
      text.append("\n  copied by the kernel, 8 MiB at a time, where both are regular files");
      if (recipes.size() > 2)
        text.append(" and there is more; a worker reads back what was written and shows it between");
    }
    var bound = Bound.sumOf(pipeline.stageNames(), footprints);
    text.append("\n  data in flight ").append(bound.unknownStage() == null ? "at most " : "").append(bound);
    if (bound.unknownStage() != null) {
      text.append(
              "\n  a stage declares its bound with Origin.of(…).chunkAtMost(bytes), Stage.of(…).outputAtMost(bytes) or")
          .append(" Target.of(…).markAtMost(bytes)");
    }
    text.append("\n  process ").append(process(bound));
    for (var limit : pipeline.settings().limits()) text.append("\n  ").append(limit);
    return text.toString();
  }

  private record Line(String label, String how) {}

  /// Adds a line for each stage before a boundary, and its own; returns the largest chunk that comes there.
  private static long addBefore(AsyncOrigin<?> async, List<Line> lines) {
    long chunkMaxBytes = 0;
    for (var recipe : async.recipes()) {
      if (recipe instanceof AsyncOrigin<?> before) {
        chunkMaxBytes = addBefore(before, lines);
        continue;
      }
      var footprint = recipe.footprint(chunkMaxBytes);
      lines.add(new Line(label(recipe, footprint), footprint.how()));
      chunkMaxBytes = footprint.chunkMaxBytes();
    }
    lines.add(new Line("async", async.how()));
    return chunkMaxBytes;
  }

  /// Whether nothing stands between two ends that can leave the copying to the kernel, or nothing that does more than look;
  /// making their parts opens nothing.
  private static boolean kernelMayCopy(List<Recipe> recipes) {
    for (var recipe : recipes.subList(1, recipes.size() - 1)) if (!onlyLooks(recipe)) return false;
    return recipes.getFirst() instanceof PullOrigin<?> origin
        && recipes.getLast() instanceof PullTarget<?> target
        // One that somebody waits for has its one part for the run.
        && !target.isAwaited()
        && origin.pull() instanceof KernelSource
        && target.put() instanceof KernelSink;
  }

  private static boolean onlyLooks(Recipe recipe) {
    return recipe instanceof PullStage<?, ?> stage
        && stage.passesOn()
        && !stage.isAwaited()
        && stage.step() instanceof Onlooker;
  }

  /// The short word for a recipe: what its bound calls it, or its role.
  private static String label(Recipe recipe, Footprint footprint) {
    if (recipe instanceof OperatorStage<?, ?> || recipe instanceof ValueTarget<?, ?>) return recipe.name();
    if (!footprint.terms().isEmpty()) return footprint.terms().getFirst().name();
    return switch (recipe) {
      case Origin<?> _ -> "read";
      case Target<?> _ -> "write";
      case Stage<?, ?> stage -> stage.name().split(" ", 2)[0];
    };
  }

  private static String process(Bound bound) {
    if (bound.unknownStage() != null) return "unknown";
    long bytes = PROCESS_BASE_BYTES + bound.knownBytes();
    return "about " + ByteSizes.grouped(Math.ceilDiv(bytes, 1L << 20)) + " MiB";
  }
}
