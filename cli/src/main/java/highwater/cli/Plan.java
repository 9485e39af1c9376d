package highwater.cli;

import highwater.codec.Count;
import highwater.codec.Deflate;
import highwater.codec.Digests;
import highwater.codec.ExpansionLimit;
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
  static final String WORKERS = "workers";
  static final String BLOCK = "block";
  private static final String MAX = "max";
  private static final String RATIO = "ratio";

  private final Route route;
  private final Settings settings;
  private final Consumer<String> remark;
  private final @Nullable String[] found;

  /// What the sources have said they will give, once they are asked; -1 before.
  private volatile long toldBytes = -1;

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
    for (int i = 0; i < found.length; i++) {
      if (!route.stages().get(i).name().packs() && !route.stages().get(i).name().unpacks()) {
        upstream = upstream.through(checkedStage(i));
      }
    }
    var unpacking = route.unpacking();
    pipeline = upstream.to(unpacking == null ? target(route.sink()) : unpacked(unpacking));
  }

  /// The recipe of the run.
  Pipeline pipeline() {
    return pipeline;
  }

  /// The bytes the sources will give, -1 where that is not known.
  long totalBytes() {
    if (settings.sizeBytes() >= 0) return settings.sizeBytes();
    // Several sources tell of themselves alone.
    return origin.lengthBytes().orElse(route.sources().size() == 1 ? toldBytes : -1);
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

  private PullOrigin<ByteBuffer> packed(StageWord word) throws CommandException {
    if (word.name() == StageName.TAR) word.refuseValue();
    try {
      return ends().packed(route.sources().getFirst(), word);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, word.text() + ": " + e.getMessage(), e);
    }
  }

  private PullTarget<ByteBuffer> unpacked(StageWord word) throws CommandException {
    decompresses(word, Ends.NAMES, Ends.ENTRIES);
    try {
      return ends().unpacked(route.sink(), word, limit(word));
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, word.text() + ": " + e.getMessage(), e);
    }
  }

  private PullOrigin<ByteBuffer> origin() throws CommandException {
    var packing = route.packing();
    if (packing != null) return packed(packing);
    int chunkBytes = settings.markBytes();
    var origins = new ArrayList<PullOrigin<ByteBuffer>>();
    for (End source : route.sources()) {
      if (source instanceof End.File file && settings.follow() != null) {
        origins.add(ends().followed(file, settings.follow()));
      } else if (source instanceof End.File file) {
        var read = FileStreams.read(file.path());
        origins.add(chunkBytes == 0 ? read : read.chunk(chunkBytes));
      } else if (source instanceof End.Stdio) {
        origins.add(chunkBytes == 0 ? StdStreams.in() : StdStreams.in(chunkBytes));
      } else {
        try {
          origins.add(ends().origin(source, bytes -> toldBytes = bytes));
        } catch (IllegalArgumentException e) {
          throw unusable(source, e);
        }
      }
    }
    return Concat.of(origins);
  }

  private PullTarget<ByteBuffer> target(End end) throws CommandException {
    if (end instanceof End.File file) return fileTarget(file, settings);
    if (end instanceof End.Stdio) return StdStreams.out();
    try {
      return ends().target(end, passedBytes());
    } catch (IllegalArgumentException e) {
      throw unusable(end, e);
    }
  }

  /// What a recipe will not be made of, in the user's words.
  private static CommandException unusable(End end, IllegalArgumentException e) {
    String why =
        String.valueOf(e.getMessage()).replace("partBytes:", "--part-size:").replace("partsInFlight:", "--parts:");
    if (why.startsWith("chunk: ")) why = "--mark: " + why.substring("chunk: ".length());
    return new CommandException(ExitCode.USAGE, end.name() + ": " + why, e);
  }

  /// What reaches the sink, where it is known before the run: what the sources give, and no stage changes.
  private long passedBytes() {
    for (StageWord stage : route.stages()) if (!stage.name().passesOn()) return -1;
    return origin.lengthBytes().orElse(-1);
  }

  private Ends ends() {
    return new Ends(settings, remark);
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
      case GUNZIP, INFLATE, UNLZ4, UNBROTLI, BUNZIP2 -> decompresses(word);
      case UNZSTD -> decompresses(word, Ends.LONG);
      case UNXZ -> decompresses(word, Ends.MEMORY);
      case DECOMPRESS -> decompresses(word, Ends.LONG, Ends.MEMORY);
      case COUNT -> word.refuseSettings();
      case ZSTD, LZ4, TEE, EXEC, SH, TAR, UNTAR, ZIP, UNZIP -> {}
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
      case GUNZIP -> Gzip.decompress().onWarning(remark).limit(limit(word));
      case INFLATE -> Deflate.decompress().limit(limit(word));
      case ZSTD, LZ4 -> Ends.compress(word);
      case UNZSTD, UNLZ4, UNBROTLI, BUNZIP2, UNXZ, DECOMPRESS -> ends().decompress(word, limit(word));
      case EXEC, SH -> ends().through(End.Program.of(word.text()));
      case HASH -> Digests.of(word.requiredValue(), digest -> found[index] = digest.hex());
      case COUNT -> Count.bytes(bytes -> found[index] = Long.toString(bytes));
      case THROTTLE -> Throttle.bytesPerSecond(Sizes.parseRate(word.text(), word.requiredValue()));
      case TEE -> Tee.to(target(second(word)));
      case TAR, UNTAR, ZIP, UNZIP -> throw new AssertionError(word);
    };
  }

  /// Refuses what no stage that decompresses takes, but for `more` keys.
  private static void decompresses(StageWord word, String... more) throws CommandException {
    word.refuseValue();
    var known = new ArrayList<>(List.of(MAX, RATIO));
    known.addAll(List.of(more));
    word.allowKeys(known.toArray(String[]::new));
  }

  /// How much may come out of a stage that decompresses.
  private static ExpansionLimit limit(StageWord word) throws CommandException {
    var limit = ExpansionLimit.DEFAULT;
    String max = word.keys().get(MAX);
    if (max != null) limit = limit.outputAtMost(Sizes.parse(word.text() + ": " + MAX, max));
    var ratio = word.integer(RATIO, word.keys().get(RATIO));
    return ratio == null ? limit : limit.ratioAtMost(ratio);
  }

  private static End second(StageWord tee) throws CommandException {
    String path = tee.requiredValue();
    return path.equals("-") ? End.Stdio.OUT : End.of(path);
  }

  /// The recipe with a setting, where one is given.
  private static <R> R set(R recipe, @Nullable Integer value, IntFunction<R> setter) {
    return value == null ? recipe : setter.apply(value);
  }
}
