package highwater.io;

import highwater.strand.Strand;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Writes into a file that exists: at its end, cut back when the run fails, or over its bytes.
final class ExistingFile implements Landing {
  private final String name;
  private final Path path;
  private final FileChannel channel;
  private final boolean append;
  private final long oldBytes;
  private final Runnable letGo;
  private boolean over;

  private ExistingFile(String name, Path path, FileChannel channel, boolean append, long oldBytes, Runnable letGo) {
    this.name = name;
    this.path = path;
    this.channel = channel;
    this.append = append;
    this.oldBytes = oldBytes;
    this.letGo = letGo;
  }

  /// `mode` is APPEND or IN_PLACE.
  static ExistingFile open(String name, Place place, FileTarget.Mode mode, Strand strand) throws IOException {
    boolean append = mode == FileTarget.Mode.APPEND;
    var letGo = SameFile.changes(strand, place.identity());
    FileChannel channel = null;
    try {
      channel = FileChannel.open(place.path(), append ? StandardOpenOption.APPEND : StandardOpenOption.WRITE);
      lock(channel);
      var landing = new ExistingFile(name, place.path(), channel, append, append ? channel.size() : 0, letGo);
      Unfinished.add(landing);
      return landing;
    } catch (IOException | RuntimeException e) {
      letGo.run();
      if (channel != null) channel.close();
      throw e;
    }
  }

  /// Two runs that append would cut off each other's bytes when one fails.
  private static void lock(FileChannel channel) throws Refusal {
    try {
      if (channel.tryLock() != null) return;
    } catch (OverlappingFileLockException e) {
      // Another run of this process has it.
    } catch (IOException e) {
      return; // A file system without locks.
    }
    throw new Refusal(
        "somebody else writes this file and has locked it", "expected: one writer at a time; wait until it has ended");
  }

  @Override
  public FileChannel channel() {
    return channel;
  }

  @Override
  public long startBytes() {
    return oldBytes;
  }

  @Override
  public boolean hidden() {
    return false;
  }

  @Override
  public String afterFailure() {
    return append ? name + " is cut back to its " + oldBytes + " bytes" : name + " is incomplete";
  }

  @Override
  public void begin() throws IOException {
    if (!append) channel.truncate(0);
  }

  @Override
  public synchronized void commit() throws IOException {
    if (over) throw new Refusal("the run was ended by its process", "expected: a process that lives on");
    over = true;
    Unfinished.remove(this);
  }

  @Override
  public synchronized void undo() {
    Unfinished.remove(this);
    if (over) return;
    over = true;
    if (!append) return; // The old bytes are gone; that is what in place means.
    // An interrupt closes the channel it meets, this one perhaps already.
    boolean interrupted = Thread.interrupted();
    try {
      cutBack();
    } catch (IOException e) {
      // The failure of the run is already known; the file has its old bytes and some of the new.
    } finally {
      if (interrupted) Thread.currentThread().interrupt();
    }
  }

  private void cutBack() throws IOException {
    if (channel.isOpen()) {
      channel.truncate(oldBytes);
      return;
    }
    try (var reopened = FileChannel.open(path, StandardOpenOption.WRITE)) {
      reopened.truncate(oldBytes);
    }
  }

  @Override
  public void close() throws IOException {
    letGo.run();
    channel.close();
  }
}
