package highwater.archive;

import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Step;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// One run of passing on the entries that somebody wants.
final class OnlyStep implements Step<Piece, Piece> {
  private final Predicate<? super Piece.Entry> test;
  private @Nullable Piece piece;
  private boolean wanted;
  private boolean finished;

  OnlyStep(Predicate<? super Piece.Entry> test) {
    this.test = test;
  }

  @Override
  public void open(PartContext context) {}

  @Override
  public void offer(Piece next) {
    boolean passes =
        switch (next) {
          case Piece.Entry entry -> begins(entry);
          case Piece.Data _, Piece.End _ -> wanted;
          case Piece.Attributes(var name, var kind, var mode) ->
              test.test(new Piece.Entry(name, kind, 0, mode, null, ""));
        };
    piece = passes ? next : null;
  }

  /// Whether an entry is wanted, and so the data behind it.
  private boolean begins(Piece.Entry entry) {
    wanted = test.test(entry);
    return wanted;
  }

  @Override
  public void finish() {
    finished = true;
  }

  @Override
  public Progress poll() {
    if (piece != null) return Progress.READY;
    return finished ? Progress.DONE : Progress.HUNGRY;
  }

  @Override
  public Piece next() {
    var next = piece;
    if (next == null) throw new IllegalStateException("READY comes first");
    piece = null;
    return next;
  }
}
