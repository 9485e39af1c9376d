package highwater.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The most bytes one run of a pipeline holds at a time: a sum of named terms, known before it runs.
///
/// @param terms the places where bytes can rest
/// @param unknownStage the first stage whose terms do not cover everything it may hold, or null when the bound is known
public record Bound(List<Term> terms, @Nullable String unknownStage) {
  /// Freezes the terms.
  public Bound {
    terms = List.copyOf(terms);
  }

  /// Adds up what the stages say; `names` and `footprints` go together.
  static Bound sumOf(List<String> names, List<Footprint> footprints) {
    var terms = new ArrayList<Term>();
    @Nullable String unknownStage = null;
    for (int i = 0; i < footprints.size(); i++) {
      terms.addAll(footprints.get(i).terms());
      if (unknownStage == null && !footprints.get(i).bounded()) unknownStage = names.get(i);
    }
    return new Bound(terms, unknownStage);
  }

  /// The sum, where every stage is known.
  public OptionalLong totalBytes() {
    return unknownStage == null ? OptionalLong.of(knownBytes()) : OptionalLong.empty();
  }

  /// The sum of what is known.
  public long knownBytes() {
    long sum = 0;
    for (var term : terms) sum = Math.addExact(sum, term.maxBytes());
    return sum;
  }

  /// The bytes without which it cannot run: what it takes from a budget before anything is opened.
  public long minimumBytes() {
    long sum = 0;
    for (var term : terms) sum = Math.addExact(sum, term.minBytes());
    return sum;
  }

  /// The sum as plans print it, such as `8.3 MiB = read 2 × 64 KiB + gzip 4 × (1 MiB + 1 MiB + 1,059)`.
  @Override
  public String toString() {
    var sum = terms.stream().map(Term::toString).collect(Collectors.joining(" + "));
    if (unknownStage != null) {
      return "unknown: " + unknownStage + " declares no bound" + (sum.isEmpty() ? "" : ", the others " + sum);
    }
    return terms.isEmpty() ? "0 bytes" : ByteSizes.rounded(knownBytes()) + " = " + sum;
  }
}
