package highwater.cli;

import static java.util.Objects.requireNonNull;

import highwater.archive.Folder;
import highwater.archive.Tar;
import highwater.archive.Zip;
import highwater.codec.ExpansionLimit;
import highwater.compress.Brotli;
import highwater.compress.Bzip2;
import highwater.compress.Decompress;
import highwater.compress.Lz4;
import highwater.compress.Xz;
import highwater.compress.Zstd;
import highwater.http.HttpOrigin;
import highwater.http.HttpStreams;
import highwater.http.HttpTarget;
import highwater.io.FileStreams;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Stage;
import highwater.process.Command;
import highwater.process.ProcessStreams;
import highwater.process.ProcessTarget;
import highwater.process.Said;
import highwater.s3.S3Streams;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Makes recipes of programs, addresses, sockets, objects, files that grow and the formats beyond gzip: the only class that names them, so
/// that a run without them loads nothing of theirs.
final class Ends {
  static final String LONG = "long";
  static final String MEMORY = "memory";
  static final String NAMES = "names";
  static final String ENTRIES = "entries";
  private static final String DIRECTORY = "directory";

  private final Settings settings;
  private final Consumer<String> remark;

  /// Makes one; `remark` is told what has no place in a failure.
  Ends(Settings settings, Consumer<String> remark) {
    this.settings = settings;
    this.remark = remark;
  }

  /// The recipe that reads `end`; `length` is told how much that will be, once that is known.
  PullOrigin<ByteBuffer> origin(End end, LongConsumer length) throws CommandException {
    return switch (end) {
      case End.Program program -> process(program, settings.markBytes());
      case End.Url url -> http(url, length);
      case End.Stored stored -> s3(stored, length);
      case End.Connection connection -> sockets().origin(connection);
      case End.Database database -> databases().origin(database);
      case End.File file -> throw new AssertionError(file);
      case End.Stdio stdio -> throw new AssertionError(stdio);
    };
  }

  /// The recipe that writes `end`; `lengthBytes` is how much that will be, -1 where nobody knows.
  PullTarget<ByteBuffer> target(End end, long lengthBytes) throws CommandException {
    return switch (end) {
      case End.Program program -> {
        var target = ProcessStreams.write(command(program)).stdout(ProcessTarget.Stdout.INHERIT).onStderr(this::said);
        yield set(target, peers().total(), target::timeout);
      }
      case End.Url url -> http(url, lengthBytes);
      case End.Stored stored -> s3(stored);
      case End.Connection connection -> sockets().target(connection);
      case End.Database database -> databases().target(database);
      case End.File file -> throw new AssertionError(file);
      case End.Stdio stdio -> throw new AssertionError(stdio);
    };
  }

  // Files that grow.

  /// The recipe that follows `file` as `follow` says.
  PullOrigin<ByteBuffer> followed(End.File file, Follow follow) {
    var origin = FileStreams.follow(file.path()).awaitFile().onChange(change -> remark.accept(change.message()));
    if (settings.markBytes() > 0) origin = origin.chunk(settings.markBytes());
    if (follow.lines() >= 0) origin = origin.lastLines(follow.lines());
    return set(origin, follow.idle(), origin::endWhenIdle);
  }

  // Programs.

  private PullOrigin<ByteBuffer> process(End.Program program, int markBytes) {
    var origin = ProcessStreams.read(command(program)).onStderr(this::said);
    origin = set(origin, peers().total(), origin::timeout);
    return markBytes == 0 ? origin : origin.chunk(markBytes);
  }

  /// The stage that passes everything through a program.
  Stage<ByteBuffer, ByteBuffer> through(End.Program program) {
    var stage = ProcessStreams.through(command(program)).onStderr(this::said);
    return set(stage, peers().total(), stage::timeout);
  }

  /// With the environment as the user has it: the launcher has changed one variable, and says so in another.
  private static Command command(End.Program program) {
    var command = Command.of(program.words());
    if (program.name().startsWith(StageName.SH.word + ":")) command = Command.shell(program.words().getLast());
    String original = System.getenv("HIGHWATER_ORIGINAL_LC_ALL");
    if (original == null) return command;
    command = command.withoutEnvironment("HIGHWATER_ORIGINAL_LC_ALL");
    return original.isEmpty() ? command.withoutEnvironment("LC_ALL") : command.environment("LC_ALL", original);
  }

  private void said(Said said) {
    if (said.omittedBytes() > 0) {
      remark.accept(said.name() + ": (" + Figures.bytes(said.omittedBytes()) + " of its stderr are left out)");
    }
    for (String line : said.lines()) remark.accept(said.name() + ": " + line);
  }

  // HTTP.

  private PullOrigin<ByteBuffer> http(End.Url url, LongConsumer length) {
    HttpOrigin origin = HttpStreams.get(url.uri()).onWarning(remark).onLength(length);
    for (var header : peers().headers()) origin = origin.header(header.name(), header.value());
    origin = set(origin, peers().connect(), origin::connectTimeout);
    origin = set(origin, peers().idle(), origin::idleTimeout);
    origin = set(origin, peers().total(), origin::totalTimeout);
    return set(origin, peers().retries(), origin::retries);
  }

  private PullTarget<ByteBuffer> http(End.Url url, long lengthBytes) {
    HttpTarget target = peers().post() ? HttpStreams.post(url.uri()) : HttpStreams.put(url.uri());
    for (var header : peers().headers()) target = target.header(header.name(), header.value());
    if (lengthBytes >= 0) target = target.length(lengthBytes);
    target = set(target, peers().connect(), target::connectTimeout);
    target = set(target, peers().idle(), target::idleTimeout);
    return set(target, peers().total(), target::totalTimeout);
  }

  /// The recipe with a setting, where one is given.
  static <R, V> R set(R recipe, @Nullable V value, Function<V, R> setter) {
    return value == null ? recipe : setter.apply(value);
  }

  private Sockets sockets() {
    return new Sockets(settings, remark);
  }

  private Databases databases() {
    return new Databases(requireNonNull(settings.tables(), "checked before"), peers());
  }

  // S3.

  private PullOrigin<ByteBuffer> s3(End.Stored stored, LongConsumer length) {
    var origin = S3Streams.read(stored.bucket(), stored.key()).onLength(length);
    if (peers().partBytes() > 0) origin = origin.partBytes(peers().partBytes());
    if (peers().parts() > 0) origin = origin.partsInFlight(peers().parts());
    origin = set(origin, peers().endpoint(), origin::endpoint);
    origin = set(origin, peers().connect(), origin::connectTimeout);
    origin = set(origin, peers().idle(), origin::idleTimeout);
    return set(origin, peers().total(), origin::totalTimeout);
  }

  private PullTarget<ByteBuffer> s3(End.Stored stored) {
    var target = S3Streams.write(stored.bucket(), stored.key());
    if (peers().partBytes() > 0) target = target.partBytes(peers().partBytes());
    if (peers().parts() > 0) target = target.partsInFlight(peers().parts());
    target = set(target, peers().endpoint(), target::endpoint);
    target = set(target, peers().connect(), target::connectTimeout);
    target = set(target, peers().idle(), target::idleTimeout);
    return set(target, peers().total(), target::totalTimeout);
  }

  private Peers peers() {
    return settings.peers();
  }

  // Folders.

  /// The recipe that reads a folder as the archive that `word` says.
  PullOrigin<ByteBuffer> packed(End folder, StageWord word) throws CommandException {
    var read = Folder.read(path(folder)).onWarning(remark);
    var names = word.size(NAMES);
    if (names != null) read = read.namesAtMost(names);
    if (word.name() == StageName.TAR) {
      word.allowKeys(NAMES);
      return read.packedBy(Tar.archive());
    }
    word.allowKeys(NAMES, DIRECTORY);
    var zip = Zip.archive();
    zip = set(zip, word.integer("level", word.value()), zip::level);
    var directory = word.size(DIRECTORY);
    if (directory != null) zip = zip.directoryAtMost(directory);
    return read.packedBy(zip);
  }

  /// The recipe that unpacks an archive, as `word` says, into a folder.
  PullTarget<ByteBuffer> unpacked(End folder, StageWord word, ExpansionLimit limit) throws CommandException {
    var write = Folder.write(path(folder));
    if (settings.mode() == Settings.Mode.REPLACE) write = write.replacing();
    var names = word.size(NAMES);
    if (names != null) write = write.namesAtMost(names);
    var entries = (word.name() == StageName.UNTAR ? Tar.entries() : Zip.entries()).limit(limit);
    return write.unpackedBy(set(entries, word.integer(ENTRIES, word.keys().get(ENTRIES)), entries::entriesAtMost));
  }

  /// What killed runs into `folder` have left.
  static List<Path> leftovers(End.File folder) throws IOException {
    return Folder.write(folder.path()).leftovers();
  }

  private static Path path(End folder) {
    return ((End.File) folder).path();
  }

  // Formats.

  /// The stage that compresses as `word` says.
  static Stage<ByteBuffer, ByteBuffer> compress(StageWord word) throws CommandException {
    if (word.name() == StageName.LZ4) {
      word.allowKeys(Plan.BLOCK);
      var block = word.size(Plan.BLOCK);
      return block == null ? Lz4.compress() : Lz4.compress().block(block);
    }
    word.allowKeys(Plan.WORKERS, LONG);
    var zstd = Zstd.compress();
    zstd = set(zstd, word.integer("level", word.value()), zstd::level);
    zstd = set(zstd, word.integer(Plan.WORKERS, word.keys().get(Plan.WORKERS)), zstd::workers);
    return set(zstd, word.integer(LONG, word.keys().get(LONG)), zstd::longDistance);
  }

  /// The stage that decompresses as `word` says, within `limit`.
  Stage<ByteBuffer, ByteBuffer> decompress(StageWord word, ExpansionLimit limit) throws CommandException {
    return switch (word.name()) {
      case UNZSTD -> {
        var zstd = Zstd.decompress().limit(limit);
        yield set(zstd, word.integer(LONG, word.keys().get(LONG)), zstd::windowLogMax);
      }
      case UNLZ4 -> Lz4.decompress().limit(limit);
      case UNBROTLI -> Brotli.decompress().limit(limit);
      case BUNZIP2 -> Bzip2.decompress().onWarning(remark).limit(limit);
      case UNXZ -> {
        var xz = Xz.decompress().limit(limit);
        yield set(xz, word.size(MEMORY), (Integer bytes) -> xz.memoryAtMost(bytes));
      }
      default -> {
        var detect = Decompress.detect().onWarning(remark).limit(limit);
        var sized = set(detect, word.size(MEMORY), (Integer bytes) -> detect.memoryAtMost(bytes));
        yield set(sized, word.integer(LONG, word.keys().get(LONG)), sized::windowLogMax);
      }
    };
  }
}
