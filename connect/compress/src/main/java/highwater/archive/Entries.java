package highwater.archive;

import highwater.StreamOptions;
import highwater.codec.ExpansionLimit;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.Footprint;
import highwater.pipeline.PullStage;
import highwater.pipeline.Step;
import highwater.pipeline.Term;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// The recipe that reads an archive; made by [Tar#entries] and [Zip#entries].
///
/// Where nothing takes the data of an entry it is read over: there is no seeking in a stream. Data comes in pieces of at most
/// 64 KiB, which may be kept. Errors: [highwater.codec.DataException] with the byte position for an archive that is damaged, cut short,
/// or goes on after its end, for more entries than allowed, and for a bomb.
public final class Entries implements PullStage<ByteBuffer, Piece> {
  /// How many entries an archive may have unless [#entriesAtMost] says otherwise: 2^18.
  public static final int ENTRIES_MAX = 1 << 18;

  enum Format {
    TAR("untar"),
    ZIP("unzip");

    final String stage;

    Format(String stage) {
      this.stage = stage;
    }
  }

  private final Format format;
  private final ExpansionLimit limit;
  private final int entriesMax;

  Entries(Format format, ExpansionLimit limit, int entriesMax) {
    this.format = format;
    this.limit = limit;
    this.entriesMax = entriesMax;
  }

  /// The same with at most `entries`, 1 or more; one more fails. For a zip each costs 24 bytes until its end.
  public Entries entriesAtMost(int entries) {
    if (entries < 1) throw new IllegalArgumentException("entries: " + entries + " (expected: 1 or more)");
    return new Entries(format, limit, entries);
  }

  /// The same with at most `bytes` of data in all entries together; more fails, before it passes on.
  public Entries outputAtMost(long bytes) {
    return limit(limit.outputAtMost(bytes));
  }

  /// The same with at most `ratio` bytes out for each byte in, once more than 1 GiB came out; 1,000 unless said.
  public Entries ratioAtMost(long ratio) {
    return limit(limit.ratioAtMost(ratio));
  }

  /// The same with all figures of the guard against bombs.
  public Entries limit(ExpansionLimit limit) {
    return new Entries(format, limit, entriesMax);
  }

  /// A stage that passes on the entries for which `test` is true, with their data, and drops the others; behind an archive's
  /// entries or a folder's.
  ///
  /// The test is called once an entry, on the strand. Attributes, which a zip gives at the end, pass where it is true of an
  /// entry with their name and kind, without size and time.
  public static PullStage<Piece, Piece> only(Predicate<? super Piece.Entry> test) {
    return new PieceStage<>("only", Pieces.BOTH, () -> new OnlyStep(test));
  }

  /// A stage that gives the data of all files that pass, one after another, as bytes.
  public static PullStage<Piece, ByteBuffer> data() {
    return new PieceStage<>("data", Pieces.IN, DataStep::new);
  }

  @Override
  public String name() {
    return format.stage;
  }

  @Override
  public StreamOptions streamOptions() {
    return Pieces.OUT;
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    var terms = new ArrayList<Term>();
    terms.add(Term.of(name(), 1, ReadingStep.CHUNK_BYTES));
    switch (format) {
      case TAR -> terms.add(Term.of("tar headers", 1, TarReader.HELD_BYTES));
      case ZIP -> {
        terms.add(Term.of("zip headers", 1, ZipReader.HELD_BYTES));
        terms.add(Term.of("zlib", 1, ZipReader.INFLATER_BYTES + ReadingStep.CHUNK_BYTES));
        terms.add(new Term("zip index", entriesMax, entriesMax, List.of((long) ZipIndex.ENTRY_BYTES)));
      }
    }
    return new Footprint(
        "at most " + ByteSizes.grouped(entriesMax) + " entries, on the strand", terms, ReadingStep.CHUNK_BYTES, true);
  }

  @Override
  public Step<ByteBuffer, Piece> step() {
    return step(false);
  }

  /// A step whose data lies in the input, or in one buffer, for a receiver that keeps none of it.
  Step<ByteBuffer, Piece> step(boolean lends) {
    return switch (format) {
      case TAR -> new TarReader(name(), limit, entriesMax, lends);
      case ZIP -> new ZipReader(name(), limit, entriesMax, lends);
    };
  }

  @Override
  public String toString() {
    return name();
  }
}
