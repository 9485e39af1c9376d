package highwater.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Finds where the last block of a whole deflate stream (RFC 1951) begins and ends, without making its bytes.
///
/// Streams are spliced by clearing the bit that marks the last block of the one in front, and nothing but its codes tells
/// where that block begins. So the codes are walked: each is looked up in one table that holds how many bits it and its extra
/// bits take. Only where the stream is one block, which its first bit says, is its end found from behind: a third of the blocks
/// of log text at level 6. Thread rule: one thread at a time. Memory: [#BYTES].
final class LastBlock {
  /// About what its tables take.
  static final int BYTES = 24 << 10;

  /// How many bits a table looks at; longer codes are rare.
  private static final int TABLE_BITS = 11;

  private static final int CODE_BITS_MAX = 15;
  private static final int END_OF_BLOCK = 256;
  private static final int[] LENGTH_EXTRA_BITS = {
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0
  };
  private static final int[] PRECODE_ORDER = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

  /// What is behind the bits of an entry.
  private static final int LITERAL = 0;

  private static final int MATCH = 1 << 8;
  private static final int END = 2 << 8;
  private static final int BITS = 0xFF;

  /// One code: entries by the next bits of the input, and for codes too long for them what the canonical order needs.
  private static final class Codes {
    private final Kind kind;
    final int[] entries;
    final int mask;
    private final int tableBits;
    private final int[] counts = new int[CODE_BITS_MAX + 1];
    private final int[] next = new int[CODE_BITS_MAX + 1];
    private final short[] sorted = new short[288];

    Codes(Kind kind, int tableBits) {
      this.kind = kind;
      this.tableBits = tableBits;
      entries = new int[1 << tableBits];
      mask = entries.length - 1;
    }

    /// Makes the table of the canonical code whose symbols have the lengths at `from` and following.
    void make(byte[] lengths, int from, int count) {
      Arrays.fill(counts, 0);
      for (int i = 0; i < count; i++) counts[lengths[from + i]]++;
      counts[0] = 0;
      sort(lengths, from, count);
      Arrays.fill(entries, 0);
      int code = 0;
      int index = 0;
      for (int length = 1; length <= tableBits; length++) {
        code <<= 1;
        for (int end = index + counts[length]; index < end; index++, code++) {
          int entry = kind.entry(sorted[index], length);
          int reversed = Integer.reverse(code) >>> (32 - length);
          for (int i = reversed; i < entries.length; i += 1 << length) entries[i] = entry;
        }
      }
    }

    private void sort(byte[] lengths, int from, int count) {
      for (int length = 1, at = 0; length <= CODE_BITS_MAX; length++) {
        next[length] = at;
        at += counts[length];
      }
      for (int symbol = 0; symbol < count; symbol++) {
        int length = lengths[from + symbol];
        if (length > 0) sorted[next[length]++] = (short) symbol;
      }
    }

    /// The entry of a code that is longer than the table's, bit by bit; 0 where there is none.
    int longEntry(long bits) {
      int code = 0;
      int first = 0;
      int index = 0;
      for (int length = 1; length <= CODE_BITS_MAX; length++) {
        code |= (int) (bits >>> (length - 1)) & 1;
        int count = counts[length];
        if (code - count < first) return kind.entry(sorted[index + code - first], length);
        index += count;
        first = (first + count) << 1;
        code <<= 1;
      }
      return 0;
    }
  }

  /// What a symbol means in each of the three codes.
  private enum Kind {
    LENGTHS_OF_CODES {
      @Override
      int entry(int symbol, int bits) {
        return bits | symbol << 8;
      }
    },
    LITERALS_AND_LENGTHS {
      @Override
      int entry(int symbol, int bits) {
        if (symbol < END_OF_BLOCK) return bits | LITERAL;
        if (symbol == END_OF_BLOCK) return bits | END;
        return symbol > 285 ? 0 : bits + LENGTH_EXTRA_BITS[symbol - END_OF_BLOCK - 1] | MATCH;
      }
    },
    DISTANCES {
      @Override
      int entry(int symbol, int bits) {
        return symbol > 29 ? 0 : bits + (symbol < 2 ? 0 : symbol / 2 - 1);
      }
    };

    abstract int entry(int symbol, int bits);
  }

  private final Codes codesOfLengths = new Codes(Kind.LENGTHS_OF_CODES, 7);
  private final Codes literals = new Codes(Kind.LITERALS_AND_LENGTHS, TABLE_BITS);
  private final Codes distances = new Codes(Kind.DISTANCES, TABLE_BITS);
  private final byte[] lengths = new byte[288 + 32];

  private ByteBuffer data = ByteBuffer.allocate(0);
  private int limit;
  private int next;
  private long held;
  private int heldBits;
  private int literalCount;
  private int distanceCount;

  private long headerBit;
  private long endBit;

  /// Finds it in the whole stream between the position and the limit of `stream`, which are left as they are. False where it
  /// is none; but what is wrong within a block that is the whole stream is not looked for.
  boolean find(ByteBuffer stream) {
    data = stream.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    next = data.position();
    limit = data.limit();
    held = 0;
    heldBits = 0;
    try {
      for (boolean last = false; !last; ) {
        headerBit = position();
        last = take(1) == 1;
        switch (take(2)) {
          case 0 -> skipStored();
          case 1 -> {
            makeFixed();
            walk();
          }
          case 2 -> {
            readLengths();
            boolean alone = last && headerBit == 8L * stream.position();
            if (!alone || !jumpToEnd()) {
              makeCodes();
              walk();
            }
          }
          default -> throw new Damaged();
        }
      }
      endBit = position();
      return true;
    } catch (Damaged e) {
      return false;
    } finally {
      data = ByteBuffer.allocate(0);
    }
  }

  /// Where the last block begins, in bits from the beginning of the buffer.
  long headerBit() {
    return headerBit;
  }

  /// Where it ends.
  long endBit() {
    return endBit;
  }

  private static final class Damaged extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Damaged() {
      super(null, null, false, false);
    }
  }

  private long position() {
    return 8L * next - heldBits;
  }

  /// Has at least 56 bits held, or all that are left.
  private void refill() {
    if (next + Long.BYTES <= limit) {
      held |= data.getLong(next) << heldBits;
      next += (63 - heldBits) >>> 3;
      heldBits |= 56;
      return;
    }
    while (heldBits <= 56 && next < limit) {
      held |= (data.get(next++) & 0xFFL) << heldBits;
      heldBits += 8;
    }
  }

  private int take(int bits) {
    if (heldBits < bits) refill();
    int value = (int) (held & ((1L << bits) - 1));
    drop(bits);
    return value;
  }

  private void drop(int bits) {
    if (bits > heldBits) throw new Damaged();
    held >>>= bits;
    heldBits -= bits;
  }

  private void skipStored() {
    drop(heldBits & 7);
    int length = take(16);
    if ((length ^ take(16)) != 0xFFFF) throw new Damaged();
    next -= heldBits >>> 3;
    held = 0;
    heldBits = 0;
    if (length > limit - next) throw new Damaged();
    next += length;
  }

  private void makeFixed() {
    Arrays.fill(lengths, 0, 144, (byte) 8);
    Arrays.fill(lengths, 144, 256, (byte) 9);
    Arrays.fill(lengths, 256, 280, (byte) 7);
    Arrays.fill(lengths, 280, 288, (byte) 8);
    Arrays.fill(lengths, 288, 320, (byte) 5);
    literals.make(lengths, 0, 288);
    distances.make(lengths, 288, 32);
  }

  private void readLengths() {
    literalCount = take(5) + 257;
    distanceCount = take(5) + 1;
    int precodeCount = take(4) + 4;
    if (literalCount > 286) throw new Damaged();
    Arrays.fill(lengths, 0, PRECODE_ORDER.length, (byte) 0);
    for (int i = 0; i < precodeCount; i++) lengths[PRECODE_ORDER[i]] = (byte) take(3);
    codesOfLengths.make(lengths, 0, PRECODE_ORDER.length);
    int count = literalCount + distanceCount;
    for (int i = 0; i < count; ) {
      refill();
      int entry = codesOfLengths.entries[(int) held & codesOfLengths.mask];
      if (entry == 0) throw new Damaged();
      drop(entry & BITS);
      int symbol = entry >>> 8;
      if (symbol < 16) {
        lengths[i++] = (byte) symbol;
        continue;
      }
      if (symbol == 16 && i == 0) throw new Damaged();
      byte repeated = symbol == 16 ? lengths[i - 1] : 0;
      int times = symbol == 16 ? 3 + take(2) : symbol == 17 ? 3 + take(3) : 11 + take(7);
      if (times > count - i) throw new Damaged();
      Arrays.fill(lengths, i, i + times, repeated);
      i += times;
    }
  }

  private void makeCodes() {
    distances.make(lengths, literalCount, distanceCount);
    literals.make(lengths, 0, literalCount);
  }

  /// Goes to the end of a block that is the whole stream without a walk: zeros alone follow the end's code. False, and nothing
  /// has moved, where that code is all zeros, or is not there.
  private boolean jumpToEnd() {
    int bits = lengths[END_OF_BLOCK];
    int code = bits == 0 ? 0 : endCode(bits);
    if (code == 0) return false;
    int lastByte = limit - 1;
    while (lastByte > next && data.get(lastByte) == 0) lastByte--;
    int highest = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(data.get(lastByte) & 0xFF);
    // The code's first bit is its highest one.
    long end = 8L * lastByte + highest + 1 + Integer.numberOfTrailingZeros(code);
    long begin = end - bits;
    if (begin < position() || end > 8L * limit) return false;
    int reversed = Integer.reverse(code) >>> (Integer.SIZE - bits);
    for (int i = 0; i < bits; i++) {
      long at = begin + i;
      if ((data.get((int) (at >>> 3)) >>> (at & 7) & 1) != (reversed >>> i & 1)) return false;
    }
    next = (int) (end >>> 3);
    held = 0;
    heldBits = 0;
    take((int) (end & 7));
    return true;
  }

  /// The canonical code of the end of the block, which has `bits` bits.
  private int endCode(int bits) {
    int code = 0;
    for (int i = 0; i < literalCount; i++) {
      int length = lengths[i];
      if (length > 0 && (length < bits || (length == bits && i < END_OF_BLOCK))) code += 1 << (bits - length);
    }
    return code;
  }

  /// Skips the codes of one block, its end included.
  private void walk() {
    int[] literalEntries = literals.entries;
    int literalMask = literals.mask;
    int[] distanceEntries = distances.entries;
    int distanceMask = distances.mask;
    // The fields in locals: one code takes a few nanoseconds.
    long bits = held;
    int count = heldBits;
    int at = next;
    int safe = limit - Long.BYTES;
    var bytes = data;
    while (at <= safe) {
      bits |= bytes.getLong(at) << count;
      at += (63 - count) >>> 3;
      count |= 56;
      int entry = literalEntries[(int) bits & literalMask];
      if (entry == 0) entry = literals.longEntry(bits);
      int length = entry & BITS;
      bits >>>= length;
      count -= length;
      if (entry < MATCH) {
        if (entry == 0) throw new Damaged();
        continue;
      }
      if (entry >= END) {
        hold(bits, count, at);
        return;
      }
      entry = distanceEntries[(int) bits & distanceMask];
      if (entry == 0) entry = distances.longEntry(bits);
      if (entry == 0) throw new Damaged();
      bits >>>= entry;
      count -= entry;
    }
    hold(bits, count, at);
    walkCarefully();
  }

  private void hold(long bits, int count, int at) {
    held = bits;
    heldBits = count;
    next = at;
  }

  /// The same where fewer than eight bytes are left to be read.
  private void walkCarefully() {
    for (; ; ) {
      refill();
      int entry = literals.entries[(int) held & literals.mask];
      if (entry == 0) entry = literals.longEntry(held);
      if (entry == 0) throw new Damaged();
      drop(entry & BITS);
      if (entry >= END) return;
      if (entry < MATCH) continue;
      refill();
      int distance = distances.entries[(int) held & distances.mask];
      if (distance == 0) distance = distances.longEntry(held);
      if (distance == 0) throw new Damaged();
      drop(distance);
    }
  }
}
