package highwater.pipeline;

import java.util.List;

/// What a recipe says about one run before it runs.
///
/// @param how one line for `explain()`, such as `64 KiB chunks, one buffer, on the calling thread`
/// @param terms the places where it holds bytes; empty when it holds none
/// @param chunkMaxBytes the largest chunk it hands on, [#UNKNOWN] where nothing is declared, 0 for a target
/// @param bounded false where the terms do not cover everything it may hold: the pipeline's bound is then unknown
public record Footprint(String how, List<Term> terms, long chunkMaxBytes, boolean bounded) {
  /// A size nobody declared.
  public static final long UNKNOWN = -1;

  /// Freezes the terms.
  public Footprint {
    terms = List.copyOf(terms);
  }

  /// A footprint whose terms say everything.
  public static Footprint of(String how, long chunkMaxBytes, Term... terms) {
    return new Footprint(how, List.of(terms), chunkMaxBytes, true);
  }

  /// A footprint of which nothing is known but its description.
  public static Footprint unknown(String how) {
    return new Footprint(how, List.of(), UNKNOWN, false);
  }
}
