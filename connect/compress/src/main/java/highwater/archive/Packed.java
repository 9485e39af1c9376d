package highwater.archive;

import highwater.pipeline.Footprint;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.Step;
import highwater.pipeline.Term;
import java.nio.ByteBuffer;
import java.util.ArrayList;

/// A folder and what makes an archive of it as one origin: then the data between need not be a copy that stays.
///
/// @param folder what is read
/// @param archive what it becomes
record Packed(Folder.Read folder, Archiver archive) implements PullOrigin<ByteBuffer> {
  @Override
  public String name() {
    return folder.name();
  }

  @Override
  public boolean usesFiles() {
    return true;
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    var read = folder.footprint(chunkMaxBytes);
    var made = archive.footprint(read.chunkMaxBytes());
    var terms = new ArrayList<Term>(read.terms());
    terms.addAll(made.terms());
    return new Footprint(archive.name() + " of a folder, " + read.how(), terms, made.chunkMaxBytes(), true);
  }

  @Override
  public String advice() {
    return archive instanceof Tar.Archive
        ? "the disk it is read from sets the pace"
        : "a lower level, or a tar and zstd";
  }

  @Override
  public Pull<ByteBuffer> pull() {
    return new Packing(folder.pull(true), archive.step());
  }

  @Override
  public String toString() {
    return archive.name() + " of " + name();
  }

  /// Both parts as one; at most one chunk is made in a poll.
  private static final class Packing implements Pull<ByteBuffer> {
    private final Pull<Piece> folder;
    private final Step<Piece, ByteBuffer> archive;
    private boolean ended;
    private boolean readyOut;

    Packing(Pull<Piece> folder, Step<Piece, ByteBuffer> archive) {
      this.folder = folder;
      this.archive = archive;
    }

    @Override
    public void open(PartContext context) throws Exception {
      folder.open(context);
      archive.open(context);
    }

    @Override
    public Progress poll() throws Exception {
      if (readyOut) return Progress.READY;
      while (true) {
        var made = archive.poll();
        if (made != Progress.HUNGRY) {
          readyOut = made == Progress.READY;
          return made;
        }
        if (ended) throw new IllegalStateException("HUNGRY after finish()");
        if (folder.poll() == Progress.READY) {
          archive.offer(folder.next());
        } else {
          ended = true;
          archive.finish();
        }
      }
    }

    @Override
    public ByteBuffer next() {
      readyOut = false;
      return archive.next();
    }

    @Override
    public void abort(Throwable cause) {
      folder.abort(cause);
      archive.abort(cause);
    }

    @Override
    public void close() throws Exception {
      try {
        folder.close();
      } finally {
        archive.close();
      }
    }
  }
}
