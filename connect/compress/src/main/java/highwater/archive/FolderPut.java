package highwater.archive;

import static java.util.Objects.requireNonNull;

import highwater.blocking.CallThread;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Put;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import org.jspecify.annotations.Nullable;

/// One run of filling a folder, inline; what moves or deletes much at the end has a thread.
final class FolderPut implements Put<Piece> {
  /// Something that may take long, on a thread of its own: to make all final, or to delete it.
  private static final class Ending {
    volatile boolean over;
    volatile @Nullable Throwable failure;
  }

  private interface Work {
    void run() throws IOException;
  }

  private final Folder.Write recipe;
  private @Nullable PartContext context;
  private @Nullable Extraction extraction;
  private Piece.@Nullable Entry entry;
  private @Nullable FileChannel channel;
  private @Nullable Ending ending;
  private boolean finished;

  /// Whether the run was given up while it was made final.
  private volatile boolean cancelled;

  FolderPut(Folder.Write recipe) {
    this.recipe = recipe;
  }

  @Override
  public void open(PartContext context) throws Exception {
    this.context = context;
    extraction = Extraction.begin(recipe);
  }

  @Override
  public Progress poll() {
    return finished ? Progress.DONE : Progress.HUNGRY;
  }

  private Extraction extraction() {
    return requireNonNull(extraction, "open() comes first");
  }

  @Override
  public void offer(Piece piece) throws Exception {
    switch (piece) {
      case Piece.Entry next -> {
        try {
          begin(next);
        } catch (FileSystemException e) {
          throw extraction().failed(next.name(), e);
        }
      }
      case Piece.Data(var bytes) -> write(bytes);
      case Piece.End _ -> end();
      case Piece.Attributes attributes -> {
        try {
          extraction().attributes(attributes);
        } catch (FileSystemException e) {
          throw extraction().failed(attributes.name(), e);
        }
      }
    }
  }

  private void begin(Piece.Entry next) throws IOException {
    if (entry != null) throw disorder("an entry before the end of " + Shown.name(entry.name()));
    entry = next;
    switch (next.kind()) {
      case FILE -> channel = extraction().file(next);
      case FOLDER -> extraction().folder(next);
      case LINK -> extraction().link(next);
      case HARD_LINK -> extraction().hardLink(next);
      case DEVICE, FIFO ->
          throw extraction()
              .refused(next.name(), "it is a " + TarReader.word(next.kind()), "files, folders and links; leave it out");
    }
  }

  private void write(ByteBuffer bytes) throws IOException {
    var file = channel;
    if (entry == null || (file == null && bytes.hasRemaining())) throw disorder("data of no file");
    if (file == null) return;
    try {
      var rest = bytes.duplicate();
      while (rest.hasRemaining()) file.write(rest);
    } catch (IOException e) {
      throw extraction().failed(entry.name(), e);
    }
  }

  private void end() throws IOException {
    var ended = entry;
    if (ended == null) throw disorder("an end without an entry");
    entry = null;
    if (channel == null) return;
    var file = channel;
    channel = null;
    try {
      file.close();
    } catch (IOException e) {
      throw extraction().failed(ended.name(), e);
    }
    extraction().endFile(ended);
  }

  private IOException disorder(String what) {
    return extraction().refused("its entries", what, "each entry, its data, its end");
  }

  @Override
  public void finish() throws Exception {
    if (entry != null) throw disorder("the end before that of " + Shown.name(entry.name()));
    finished = true;
  }

  @Override
  public void commit() {
    begin(
        () -> {
          if (cancelled) throw new IOException("the run was ended");
          extraction().commit();
        });
  }

  @Override
  public void abort(Throwable cause) {
    cancelled = true;
    var committing = ending;
    if (extraction == null) return;
    begin(
        () -> {
          if (committing != null) await(committing);
          if (channel != null) channel.close();
          extraction().undo();
        });
  }

  /// What is under way comes to its end first: then there is one thread at a time.
  private static void await(Ending before) throws IOException {
    synchronized (before) {
      while (!before.over) {
        try {
          before.wait();
        } catch (InterruptedException e) {
          throw new IOException("interrupted while it waited", e);
        }
      }
    }
  }

  private void begin(Work work) {
    var begun = new Ending();
    ending = begun;
    var wake = requireNonNull(context);
    var _ =
        CallThread.PLATFORM.start(
            "ender of " + recipe.name(),
            () -> {
              try {
                work.run();
              } catch (Throwable e) {
                begun.failure = e;
              }
              synchronized (begun) {
                begun.over = true;
                begun.notifyAll();
              }
              wake.wake();
            });
  }

  @Override
  public boolean settled() throws Exception {
    var begun = ending;
    if (begun == null) return true;
    if (!begun.over) return false;
    return switch (begun.failure) {
      case null -> true;
      case Exception e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    };
  }

  @Override
  public @Nullable String waitsFor() {
    return ending == null || ending.over ? null : "the disk";
  }

  @Override
  public void close() throws Exception {
    // The thread that deletes closes it too, where there is one.
    if (ending == null && channel != null) channel.close();
  }
}
