package highwater.cli;

import highwater.codec.Count;
import highwater.codec.Deflate;
import highwater.codec.Digests;
import highwater.codec.Expect;
import highwater.codec.Gzip;
import highwater.codec.Tee;
import highwater.codec.Throttle;
import highwater.io.Concat;
import highwater.io.FileStreams;
import highwater.io.FileTarget;
import highwater.io.StdStreams;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Stage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// Makes the library's recipes of a route and its settings.
///
/// What the sources give is checked against `--expect-…` first; then come the stages in order. Stages leave their results
/// here, each at its place, because they end in an order of their own.
///
/// It asks `instanceof` where a switch over [End] would read better: such a switch is linked at run time, which no AOT cache
/// saves (JDK 25), and this is on the way of every start.
final class Plan {
  private static final String WORKERS = "workers";
  private static final String BLOCK = "block";

  private final Route route;
  private final Settings settings;
  private final Consumer<String> remark;
  private final @Nullable String[] found;
  private final PullOrigin<ByteBuffer> origin;
  private final Pipeline pipeline;

  /// Plans `route`; `remark` is told what a stage has to say that is no failure.
  Plan(Route route, Settings settings, Consumer<String> remark) throws CommandException {
    this.route = route;
    this.settings = settings;
    this.remark = remark;
    found = new @Nullable String[route.stages().size()];
    origin = origin();
    var upstream = Pipeline.from(origin);
    if (settings.expectBytes() >= 0) upstream = upstream.through(Expect.bytes(settings.expectBytes()));
    String sha256 = settings.expectSha256();
    if (sha256 != null) upstream = upstream.through(Expect.digest("sha256", sha256));
    for (int i = 0; i < found.length; i++) upstream = upstream.through(checkedStage(i));
    pipeline = upstream.to(target(route.sink()));
  }

  /// The recipe of the run.
  Pipeline pipeline() {
    return pipeline;
  }

  /// The bytes the sources will give, -1 where that is not known.
  long totalBytes() {
    return origin.lengthBytes().orElse(settings.sizeBytes());
  }

  /// What the stages found, in the order of the command line; each once its run has succeeded.
  List<RunReport.Result> results() {
    var results = new ArrayList<RunReport.Result>();
    for (int i = 0; i < found.length; i++) {
      String value = found[i];
      if (value != null) results.add(new RunReport.Result(route.stages().get(i).text(), value));
    }
    return results;
  }

  /// What the run writes: the sink, and the second sink of each tee.
  static List<End> written(Route route) throws CommandException {
    var ends = new ArrayList<End>();
    for (StageWord stage : route.stages()) if (stage.name() == StageName.TEE) ends.add(second(stage));
    ends.add(route.sink());
    return ends;
  }

  /// The recipe that writes `file` as the settings say.
  static FileTarget fileTarget(End.File file, Settings settings) {
    var target = FileStreams.write(file.path());
    target =
        switch (settings.mode()) {
          case REFUSE -> target.createNew();
          case REPLACE -> target;
          case APPEND -> target.append();
          case IN_PLACE -> target.inPlace();
        };
    return settings.sync() ? target.durable() : target;
  }

  private PullOrigin<ByteBuffer> origin() {
    int chunkBytes = settings.markBytes();
    var origins = new ArrayList<PullOrigin<ByteBuffer>>();
    for (End source : route.sources()) {
      if (source instanceof End.File file) {
        var read = FileStreams.read(file.path());
        origins.add(chunkBytes == 0 ? read : read.chunk(chunkBytes));
      } else {
        origins.add(chunkBytes == 0 ? StdStreams.in() : StdStreams.in(chunkBytes));
      }
    }
    return Concat.of(origins);
  }

  private PullTarget<ByteBuffer> target(End end) {
    return end instanceof End.File file ? fileTarget(file, settings) : StdStreams.out();
  }

  private Stage<ByteBuffer, ByteBuffer> checkedStage(int index) throws CommandException {
    var word = route.stages().get(index);
    try {
      return stage(word, index);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, word.text() + ": " + e.getMessage(), e);
    }
  }

  private Stage<ByteBuffer, ByteBuffer> stage(StageWord word, int index) throws CommandException {
    switch (word.name()) {
      case GZIP, DEFLATE -> word.allowKeys(WORKERS, BLOCK);
      case HASH, THROTTLE -> word.allowKeys();
      case GUNZIP, INFLATE, COUNT -> word.refuseSettings();
      case TEE -> {}
    }
    return switch (word.name()) {
      case GZIP -> {
        var gzip = set(Gzip.compress(), word.integer("level", word.value()), Gzip.compress()::level);
        gzip = set(gzip, word.integer(WORKERS, word.keys().get(WORKERS)), gzip::workers);
        yield set(gzip, word.size(BLOCK), gzip::block);
      }
      case DEFLATE -> {
        var deflate = set(Deflate.compress(), word.integer("level", word.value()), Deflate.compress()::level);
        deflate = set(deflate, word.integer(WORKERS, word.keys().get(WORKERS)), deflate::workers);
        yield set(deflate, word.size(BLOCK), deflate::block);
      }
      case GUNZIP -> Gzip.decompress().onWarning(remark);
      case INFLATE -> Deflate.decompress();
      case HASH -> Digests.of(word.requiredValue(), digest -> found[index] = digest.hex());
      case COUNT -> Count.bytes(bytes -> found[index] = Long.toString(bytes));
      case THROTTLE -> Throttle.bytesPerSecond(Sizes.parseRate(word.text(), word.requiredValue()));
      case TEE -> Tee.to(target(second(word)));
    };
  }

  private static End second(StageWord tee) throws CommandException {
    String path = tee.requiredValue();
    return path.equals("-") ? End.Stdio.OUT : End.File.of(path);
  }

  /// The recipe with a setting, where one is given.
  private static <R> R set(R recipe, @Nullable Integer value, IntFunction<R> setter) {
    return value == null ? recipe : setter.apply(value);
  }
}
