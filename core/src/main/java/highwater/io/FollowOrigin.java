package highwater.io;

import static java.util.Objects.requireNonNull;

import highwater.pipeline.ByteSizes;
import highwater.pipeline.Footprint;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.Term;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// The recipe that reads a file and goes on where it grows, by its name; made by [FileStreams#follow].
///
/// *Rotation.* When another file gets the name, the old one is read to its end and then the new one from its first byte: no byte
/// is lost or read twice. The new one's turn comes when it holds something and the old one has been quiet for [#rest], so a
/// program that writes the old file until it is told of the new one loses nothing, nor do several whose reopening takes less
/// than that. The name is looked at every [#interval] also while nobody asks for more, and each new file is opened at once,
/// so a slow reader misses none that had the name for an interval; more than [#FILES_MAX] that wait to be read fail the run.
/// Where the old file ends in the middle of a line, the new one's first bytes follow right there.
///
/// *Truncation* (`copytruncate`) is found by the length, or by other bytes before the place reached, and told ([#onChange]); the
/// file is then read from its first byte. What was cut off before it was read is gone: rename where nothing may be lost, or
/// [#failWhenCut].
///
/// *The end.* It never ends by itself: cancel the run, or say [#endWhenIdle], [#endAfter] or [#endWhen]. A file that is deleted may
/// come back.
///
/// Cost: a timer and a look at the name per interval, no thread; one open descriptor for each file that is not read to its end.
/// Everything is called on the run's strand. Source of the behaviour: GNU `tail -F`, which loses what is written to the old
/// file after its last look.
public final class FollowOrigin implements PullOrigin<ByteBuffer> {
  /// The most files that wait to be read, those included that lost the name: 64.
  public static final int FILES_MAX = 64;

  private final Path path;
  private final FollowSettings settings;

  FollowOrigin(Path path, FollowSettings settings) {
    this.path = requireNonNull(path, "path");
    this.settings = settings;
  }

  private FollowOrigin with(FollowSettings settings) {
    return new FollowOrigin(path, settings);
  }

  /// The same, from the end of the file that is there at the beginning: what it holds then is left out.
  public FollowOrigin fromEnd() {
    return lastBytes(0);
  }

  /// The same, from `bytes` before the end of the file that is there at the beginning, or from its first byte if it is
  /// shorter. Without this it begins at the first byte. A file that comes later is read whole.
  public FollowOrigin lastBytes(long bytes) {
    return with(settings.begin(FollowSettings.Unit.BYTES, bytes));
  }

  /// The same, from the beginning of the last `lines` lines of the file that is there at the beginning; a line ends with a line
  /// feed, the last one perhaps without. Cost: they are read twice, backwards first, a chunk in a turn.
  public FollowOrigin lastLines(long lines) {
    return with(settings.begin(FollowSettings.Unit.LINES, lines));
  }

  /// The same, but a file that is not there at the beginning is waited for; without this it fails the run.
  public FollowOrigin awaitFile() {
    return with(settings.awaits(true));
  }

  /// The same, looking at the file every `time` (default 250 ms).
  public FollowOrigin interval(Duration time) {
    return with(settings.pace(FollowSettings.nanos(time), settings.pace().restNanos()));
  }

  /// The same, with an old file left when it has been quiet for `time` (default 1 s, 0 for one writer) and the new one holds
  /// something.
  public FollowOrigin rest(Duration time) {
    return with(settings.pace(settings.pace().intervalNanos(), FollowSettings.nanos(time)));
  }

  /// The same, ending well when all is read and nothing has come for `time`, whether or not the file is there.
  public FollowOrigin endWhenIdle(Duration time) {
    var ending = settings.ending();
    return with(settings.ending(FollowSettings.nanos(time), ending.bytes(), ending.when()));
  }

  /// The same, ending well when it has given `bytes` in all.
  public FollowOrigin endAfter(long bytes) {
    var ending = settings.ending();
    return with(settings.ending(ending.idleNanos(), bytes, ending.when()));
  }

  /// The same, ending well when `condition` holds and all is read that was written by then, as
  /// `endWhen(() -> !process.isAlive())`. Asked at each look until it holds; must not wait.
  public FollowOrigin endWhen(BooleanSupplier condition) {
    var ending = settings.ending();
    return with(settings.ending(ending.idleNanos(), ending.bytes(), requireNonNull(condition, "condition")));
  }

  /// The same, failing the run where the file is cut, instead of telling of it alone.
  public FollowOrigin failWhenCut() {
    return with(settings.failsWhenCut(true));
  }

  /// The same; `changes` is told what happens to the file beside growing. It must not wait; what it throws fails the run.
  public FollowOrigin onChange(Consumer<? super FileChange> changes) {
    return with(settings.told(requireNonNull(changes, "changes")));
  }

  /// The same, with chunks of at most `chunkBytes`, 1 to [FileOrigin#CHUNK_BYTES_MAX] (default 64 KiB).
  public FollowOrigin chunk(int chunkBytes) {
    return with(settings.chunkBytes(chunkBytes));
  }

  @Override
  public String name() {
    return FileErrors.printable(path);
  }

  @Override
  public String advice() {
    return "whoever writes the file sets the pace";
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    int chunkBytes = settings.chunkBytes();
    return Footprint.of(
        ByteSizes.rounded(chunkBytes) + " chunks, one buffer, on the calling thread; goes on where the file grows",
        chunkBytes,
        Term.of("follow", 1, chunkBytes));
  }

  @Override
  public boolean usesFiles() {
    return true;
  }

  @Override
  public Pull<ByteBuffer> pull() {
    return new FollowPull(path, settings);
  }

  @Override
  public String toString() {
    return "follow " + name();
  }
}
