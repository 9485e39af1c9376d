package highwater.codec;

import highwater.pipeline.ByteSizes;
import highwater.pipeline.Footprint;
import highwater.pipeline.Term;
import highwater.strand.InOrder;
import java.util.List;

/// How a stream is deflated in blocks: the figures that gzip and deflate share.
///
/// @param level zlib's level, 0 (store) to 9 (smallest)
/// @param workers the blocks deflated at one time
/// @param blockBytes the plain bytes of one block
record Blocks(int level, int workers, int blockBytes) {
  private static final int WORKERS_MAX = 256;
  private static final int BLOCK_BYTES_MIN = 1 << 10;
  private static final int BLOCK_BYTES_MAX = 64 << 20;

  /// The property that changes the default number of workers.
  private static final String WORKERS_PROPERTY = "highwater.workers";

  Blocks {
    check("level", level, 0, 9, "");
    check("workers", workers, 1, WORKERS_MAX, "");
    check("block", blockBytes, BLOCK_BYTES_MIN, BLOCK_BYTES_MAX, " bytes");
  }

  /// Level 6, blocks of 256 KiB (libdeflate, which begins each anew, makes more of smaller ones than zlib makes of all in one
  /// piece), two workers however many cores there are, so
  /// that memory is the same everywhere.
  static Blocks defaults() {
    int workers = Math.min(WORKERS_MAX, Integer.getInteger(WORKERS_PROPERTY, 2));
    return new Blocks(6, workers, 256 << 10);
  }

  /// What would help where deflating is slow.
  String advice() {
    boolean hasFreeCores = workers < InOrder.workersMax();
    int faster = level > 4 ? 4 : level > 1 ? 1 : level;
    // By hand: the first concatenation of a process takes 10 ms to link.
    var level = "level ".concat(Integer.toString(faster));
    if (faster == this.level) return hasFreeCores ? "give it another worker" : "zstd or lz4 take less processor time";
    return hasFreeCores
        ? "give it another worker, or ".concat(level)
        : level.concat(" is faster; all processors are at work");
  }

  Blocks withLevel(int newLevel) {
    return new Blocks(newLevel, workers, blockBytes);
  }

  Blocks withWorkers(int newWorkers) {
    return new Blocks(level, newWorkers, blockBytes);
  }

  Blocks withBlockBytes(int newBlockBytes) {
    return new Blocks(level, workers, newBlockBytes);
  }

  /// The most blocks alive: one for each worker, one being filled, one whose output is on its way.
  int countMax() {
    return workers + 2;
  }

  /// The most compressors alive.
  int statesMax() {
    return level == 0 ? 0 : workers;
  }

  /// The footprint of a run whose header and trailer take `aroundBytes`; `shape` says what comes out, such as `one
  /// member`.
  Footprint footprint(String name, String shape, int aroundBytes) {
    long inputBytes = Block.DICTIONARY_BYTES + (long) blockBytes;
    long outputBytes = Block.outputBytes(blockBytes, aroundBytes);
    var library = level > 0 && Libdeflate.file() != null ? "libdeflate" : "zlib";
    var how =
        (workers == 1 ? "1 worker" : workers + " workers")
            + (", at most " + countMax() + " blocks of " + ByteSizes.inWords(blockBytes))
            + (", in order, " + shape + ", " + library + " level " + level);
    var blocks = new Term(name, countMax(), 1, List.of(inputBytes, outputBytes));
    if (statesMax() == 0) return Footprint.of(how, outputBytes, blocks);
    var states = new Term(library, statesMax(), 1, List.of((long) DeflateState.bytesMax()));
    return Footprint.of(how, outputBytes, blocks, states);
  }

  /// What the `count`th block costs in the budget: its buffers, and a compressor as long as a worker is without one.
  long costBytes(int count, int aroundBytes) {
    return Block.DICTIONARY_BYTES
        + (long) blockBytes
        + Block.outputBytes(blockBytes, aroundBytes)
        + (count <= statesMax() ? DeflateState.bytesMax() : 0);
  }

  private static void check(String what, int value, int least, int most, String unit) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          what + ": " + value + unit + " (expected: " + least + " to " + most + unit + ")");
    }
  }
}
