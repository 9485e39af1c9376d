package highwater.io;

import static java.util.Objects.requireNonNull;

import highwater.Diagnosis.Cause;
import highwater.memory.ChunkBuffers;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.strand.Timer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Reads a file and those that get its name after it, one after another, into one buffer that is lent again and again.
///
/// Reading is asked for; looking goes on by a timer whatever is asked, so that a file that has the name while nobody reads is
/// opened in time. Only a look says that there is more, that a file is done with, or that all is over: each compares what it
/// finds later with what it found before, the name first, then the new files, then the old one. So where a new file holds
/// something and the old one has nothing left, one writer that writes both had finished the old one.
final class FollowPull implements Pull<ByteBuffer> {
  /// How often a name is opened anew when it changes hands in the moment.
  private static final int OPENINGS_MAX = 3;

  private static final String EXPECTED = "expected: a regular file; read what is none without following it";

  private final Path path;
  private final String name;
  private final FollowSettings settings;

  /// The file that is read, and behind it those that got the name after it.
  private final ArrayDeque<GrowingFile> files = new ArrayDeque<>();

  private @Nullable PartContext context;
  private @Nullable ByteBuffer buffer;
  private @Nullable Timer timer;
  private @Nullable LastLines lastLines;
  private @Nullable Throwable failure;
  private long leftBytes;

  /// When something was last read.
  private long movedNanos;

  /// Since when the name has not led to a file, and whether that was told.
  private long absentNanos = -1;

  private boolean troubleTold;

  /// Whether the buffer holds a chunk that READY announced and nobody took.
  private boolean filled;

  /// Whether the last poll said WAITING.
  private boolean waiting;

  /// The user's condition holds: it is over when the next look finds nothing more.
  private boolean ending;

  private boolean over;

  FollowPull(Path path, FollowSettings settings) {
    this.path = path;
    this.name = FileErrors.printable(path);
    this.settings = settings;
    leftBytes = settings.ending().bytes();
  }

  // ---------------------------------------------------------------- the run

  @Override
  public void open(PartContext context) throws Exception {
    this.context = context;
    long now = now();
    movedNanos = now;
    buffer = ChunkBuffers.take(settings.chunkBytes());
    try {
      if (isThere()) lookAtName(now);
    } catch (IOException e) {
      throw FileErrors.reading(name, FileErrors.WHILE_OPENING, e);
    }
    if (!files.isEmpty()) begin(files.getFirst());
    arm(lastLines == null ? settings.pace().intervalNanos() : 0);
  }

  private boolean isThere() throws IOException {
    var place = Place.of(path);
    return switch (place.kind()) {
      case REGULAR -> true;
      case ABSENT -> {
        if (!settings.awaits()) throw place.absence();
        troubleTold = true;
        tell(FileChange.Kind.ABSENT, 0, name + " is not there yet; it is waited for");
        yield false;
      }
      case DIRECTORY -> throw FileErrors.directory();
      case WAITING, PSEUDO -> throw new Refusal("it is no file that grows", EXPECTED);
    };
  }

  /// Goes to the place where the file that was there at the beginning is to be read from.
  private void begin(GrowingFile file) throws IOException {
    long size = file.channel().size();
    var begin = settings.begin();
    switch (begin.unit()) {
      case START -> {}
      case BYTES -> file.begin(Math.max(0, size - begin.count()));
      case LINES -> lastLines = new LastLines(begin.count(), size);
    }
  }

  @Override
  public Progress poll() throws Exception {
    if (failure != null) throw FileErrors.thrown(failure);
    if (filled) return Progress.READY;
    if (over || leftBytes == 0) {
      disarm();
      return Progress.DONE;
    }
    var file = files.peekFirst();
    waiting = file == null || file.isAtEnd() || lastLines != null || !read(file);
    return waiting ? Progress.WAITING : Progress.READY;
  }

  /// Fills the buffer; false where nothing came.
  private boolean read(GrowingFile file) throws IOException {
    var buffer = requireNonNull(this.buffer, "open() comes first").clear();
    if (leftBytes < buffer.capacity()) buffer.limit((int) leftBytes);
    long now = now();
    int read;
    try {
      read = file.read(buffer, now);
    } catch (IOException e) {
      throw FileErrors.reading(name, file.positionBytes(), e);
    }
    if (read == 0) {
      // Who is behind by several files need not wait for each.
      if (files.size() > 1) arm(0);
      return false;
    }
    buffer.flip();
    leftBytes -= read;
    movedNanos = now;
    filled = true;
    return true;
  }

  @Override
  public ByteBuffer next() {
    assert filled : "READY comes first";
    filled = false;
    return requireNonNull(buffer);
  }

  /// Drops the buffer: who was lent it may be reading it still, on a thread that is left behind.
  @Override
  public void abort(Throwable cause) {
    disarm();
    buffer = null;
  }

  @Override
  public void close() throws Exception {
    disarm();
    over = true;
    if (buffer != null) ChunkBuffers.giveBack(buffer);
    buffer = null;
    @Nullable IOException first = null;
    for (GrowingFile file; (file = files.poll()) != null; ) {
      try {
        file.close();
      } catch (IOException e) {
        if (first == null) first = e;
        else first.addSuppressed(e);
      }
    }
    if (first != null) throw first;
  }

  @Override
  public @Nullable String waitsFor() {
    if (!waiting) return null;
    return files.isEmpty() ? name + " to be there" : "more in " + name;
  }

  /// That nothing comes is no stall: whether something is to come nobody knows.
  @Override
  public Cause waitCause() {
    return Cause.TIMER;
  }

  // ---------------------------------------------------------------- looking

  private void arm(long nanos) {
    disarm();
    timer = requireNonNull(context).strand().after(nanos, this::look);
  }

  private void disarm() {
    if (timer != null) timer.cancel();
    timer = null;
  }

  private long now() {
    return requireNonNull(context, "open() comes first").strand().nanoTime();
  }

  private void look() {
    timer = null;
    try {
      long now = now();
      if (!ending) ending = settings.ending().when().getAsBoolean();
      lookForLines();
      lookAtNameAgain(now);
      lookAtFiles(now);
      goOn(now);
    } catch (IOException e) {
      failure = FileErrors.reading(name, positionBytes(), e);
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    if (failure == null && !over && timer == null) arm(settings.pace().intervalNanos());
    if (waiting && (failure != null || over || isReadable())) requireNonNull(context).wake();
  }

  private long positionBytes() {
    var file = files.peekFirst();
    return file == null ? FileErrors.WHILE_OPENING : file.positionBytes();
  }

  private boolean isReadable() {
    var file = files.peekFirst();
    return file != null && !file.isAtEnd() && lastLines == null;
  }

  /// Looks for the place to begin at, a block in a turn.
  private void lookForLines() throws IOException {
    var search = lastLines;
    if (search == null) return;
    var file = files.getFirst();
    if (search.step(file.channel(), requireNonNull(buffer, "open() comes first"))) {
      file.begin(search.positionBytes());
      lastLines = null;
    } else {
      arm(0);
    }
  }

  private void lookAtNameAgain(long now) throws IOException {
    try {
      lookAtName(now);
      absentNanos = -1;
      troubleTold = false;
    } catch (Refusal e) {
      throw e;
    } catch (NoSuchFileException e) {
      absent(now);
    } catch (IOException e) {
      unreadable(e);
    }
  }

  /// Opens what has the name, if it is another file than before.
  private void lookAtName(long now) throws IOException {
    for (int i = 0; i < OPENINGS_MAX; i++) {
      var found = Files.readAttributes(path, BasicFileAttributes.class);
      if (!found.isRegularFile()) throw new Refusal("its name now leads to what is no regular file", EXPECTED);
      var identity = GrowingFile.identity(found);
      if (isOpen(identity) || open(identity, now)) return;
    }
  }

  private boolean isOpen(Object identity) {
    for (var file : files) if (file.is(identity)) return true;
    return false;
  }

  /// Opens the name; false where it led to another file than `identity` by then.
  private boolean open(Object identity, long now) throws IOException {
    if (files.size() == FollowOrigin.FILES_MAX) throw tooFarBehind();
    var channel = FileChannel.open(path, StandardOpenOption.READ);
    boolean kept = false;
    try {
      if (!identity.equals(GrowingFile.identity(Files.readAttributes(path, BasicFileAttributes.class)))) return false;
      var letGo = SameFile.reads(requireNonNull(context).strand(), identity);
      boolean replaces = !files.isEmpty();
      files.add(new GrowingFile(channel, identity, letGo, now));
      kept = true;
      if (replaces) {
        tell(FileChange.Kind.REPLACED, 0, name + " is another file now; the old one is read to its end first");
      }
      return true;
    } finally {
      if (!kept) channel.close();
    }
  }

  private static Refusal tooFarBehind() {
    return new Refusal(
        FollowOrigin.FILES_MAX + " files that had its name wait to be read",
        "expected: a reader that is at most "
            + FollowOrigin.FILES_MAX
            + " rotations behind; make what reads it faster");
  }

  private void absent(long now) {
    if (absentNanos < 0) absentNanos = now;
    // A rotation has a moment in which no file has the name.
    if (troubleTold || now - absentNanos < settings.pace().restNanos()) return;
    troubleTold = true;
    tell(FileChange.Kind.ABSENT, 0, name + " is not there any more; another of its name is waited for");
  }

  private void unreadable(IOException e) {
    if (troubleTold) return;
    troubleTold = true;
    String why = FileErrors.reason(e);
    tell(FileChange.Kind.UNREADABLE, 0, name + " cannot be opened: " + why + "; it is tried again");
  }

  /// The new ones first: what the old one holds then is all that one writer wrote before.
  private void lookAtFiles(long now) throws IOException {
    var newestFirst = files.descendingIterator();
    while (newestFirst.hasNext()) {
      var file = newestFirst.next();
      long read = file.positionBytes();
      long lost = file.look(now);
      if (lost < 0) continue;
      if (file == files.getFirst()) lastLines = null;
      cut(read, lost, file.seenBytes());
    }
  }

  private void cut(long readBytes, long lostBytes, long sizeBytes) throws Refusal {
    String what = "was cut to " + sizeBytes + " bytes after " + readBytes + " were read";
    String lost = lostBytes == 0 ? "" : ", " + lostBytes + " more are lost";
    if (settings.failsWhenCut()) {
      throw new Refusal("it " + what + lost, "expected: a file that only grows; rotate it by renaming it");
    }
    tell(FileChange.Kind.CUT, lostBytes, name + " " + what + lost + "; it is read from its first byte");
  }

  private void tell(FileChange.Kind kind, long lostBytes, String message) {
    settings.told().accept(new FileChange(kind, path, lostBytes, message));
  }

  /// Decides, when all is read that is known, whether the next file's turn has come, or the end.
  private void goOn(long now) throws IOException {
    var file = files.peekFirst();
    if (file != null && !file.isAtEnd()) return;
    long next = nextBegunNanos();
    if (file != null && next >= 0) {
      long quiet = now - Math.max(next, file.grewNanos());
      if (!ending && quiet < settings.pace().restNanos()) return;
      files.remove();
      file.close();
      return;
    }
    over = ending || now - movedNanos >= settings.ending().idleNanos();
  }

  /// When a file behind the one that is read was first seen to hold something; -1 where none does.
  private long nextBegunNanos() {
    long first = -1;
    for (var file : files) {
      if (file == files.getFirst() || !file.hasBegun()) continue;
      first = first < 0 ? file.begunNanos() : Math.min(first, file.begunNanos());
    }
    return first;
  }
}
