package highwater.archive;

import highwater.pipeline.Footprint;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import highwater.pipeline.Step;
import highwater.pipeline.Term;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/// A folder and what reads an archive into it as one target: then the data between need not be a copy that stays.
///
/// @param folder what is filled
/// @param entries what reads
record Unpacked(Folder.Write folder, Entries entries) implements PullTarget<ByteBuffer> {
  /// How many pieces are made of one chunk before other turns come: a few kilobytes may be a thousand files.
  private static final int PIECES_A_TURN = 64;

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
    var read = entries.footprint(chunkMaxBytes);
    var made = folder.footprint(read.chunkMaxBytes());
    var terms = new ArrayList<Term>(read.terms());
    terms.addAll(made.terms());
    return new Footprint(entries.name() + ", " + read.how() + ", " + made.how(), terms, 0, true);
  }

  @Override
  public Put<ByteBuffer> put() {
    return new Unpacking(entries.step(true), folder.put());
  }

  @Override
  public String toString() {
    return entries.name() + " into " + name();
  }

  /// Both parts as one.
  private static final class Unpacking implements Put<ByteBuffer> {
    private final Step<ByteBuffer, Piece> entries;
    private final Put<Piece> folder;
    private @Nullable PartContext context;
    private boolean folderOpened;
    private boolean finished;

    Unpacking(Step<ByteBuffer, Piece> entries, Put<Piece> folder) {
      this.entries = entries;
      this.folder = folder;
    }

    @Override
    public void open(PartContext context) throws Exception {
      this.context = context;
      entries.open(context);
      folderOpened = true;
      folder.open(context);
    }

    @Override
    public Progress poll() throws Exception {
      for (int pieces = 0; !finished; pieces++) {
        if (pieces == PIECES_A_TURN && context != null) {
          context.wake();
          return Progress.WAITING;
        }
        switch (entries.poll()) {
          case READY -> folder.offer(entries.next());
          case HUNGRY -> {
            return Progress.HUNGRY;
          }
          case WAITING -> {
            return Progress.WAITING;
          }
          case DONE -> {
            folder.finish();
            finished = true;
          }
        }
      }
      return folder.poll();
    }

    @Override
    public void offer(ByteBuffer chunk) throws Exception {
      entries.offer(chunk);
    }

    @Override
    public void finish() throws Exception {
      entries.finish();
    }

    @Override
    public void commit() throws Exception {
      folder.commit();
    }

    @Override
    public boolean settled() throws Exception {
      return !folderOpened || folder.settled();
    }

    @Override
    public void abort(Throwable cause) {
      entries.abort(cause);
      if (folderOpened) folder.abort(cause);
    }

    @Override
    public void close() throws Exception {
      try {
        entries.close();
      } finally {
        if (folderOpened) folder.close();
      }
    }

    @Override
    public @Nullable String waitsFor() {
      return folder.waitsFor();
    }
  }
}
