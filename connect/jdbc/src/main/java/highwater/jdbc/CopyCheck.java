package highwater.jdbc;

import highwater.pipeline.ByteSizes;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.regex.Pattern;

/// Looks at what goes into a COPY for what the server would take for an end, or would not miss.
///
/// In CSV a PostgreSQL before 18 takes a line `\.` outside quotes for the end of the data, in text every server takes `\.` at the end of
/// a line for it; what follows is dropped without a word. Of the binary format it takes data without a trailer for whole.
abstract sealed class CopyCheck {
  /// The first version that takes `\.` in CSV for a value.
  private static final int CSV_WITHOUT_MARK = 18;

  private static final Pattern CSV =
      Pattern.compile(
          "\\bfrom\\s+stdin\\b\\s*(?:with\\b\\s*)?(?:\\(.*\\bformat\\s+'?csv\\b|(?:(?!\\bwhere\\b)[^(])*\\bcsv\\b)",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private static final Pattern OTHER_QUOTES =
      Pattern.compile("\\bfrom\\s+stdin\\b.*\\b(?:quote|escape)\\b", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  /// The check for what `sql` takes, whose format is binary or not, by a server of a major version.
  static CopyCheck of(String name, String sql, boolean binary, int majorVersion) {
    if (binary) return new Binary(name);
    if (!CSV.matcher(sql).find()) return new Text(name);
    return majorVersion >= CSV_WITHOUT_MARK ? new None() : new Csv(name, !OTHER_QUOTES.matcher(sql).find());
  }

  /// Looks at the next bytes, before they are sent.
  abstract void look(byte[] bytes, int from, int to) throws IOException;

  /// All was sent, and the server found no fault with it.
  void end() throws IOException {}

  private static boolean endsLine(byte value) {
    return value == '\n' || value == '\r';
  }

  private static final class None extends CopyCheck {
    @Override
    void look(byte[] bytes, int from, int to) {}
  }

  /// Counts quotes, as the server does. Where a statement names its own quotes none are known: a line `\.` inside them is
  /// refused too, which loses nothing.
  private static final class Csv extends CopyCheck {
    private final String name;
    private final boolean knowsQuotes;
    private boolean quoted;

    /// How much of `\.` was seen at the beginning of a line.
    private int seen;

    private byte last = '\n';
    private long before;

    Csv(String name, boolean knowsQuotes) {
      this.name = name;
      this.knowsQuotes = knowsQuotes;
    }

    @Override
    void look(byte[] bytes, int from, int to) throws IOException {
      int i = from;
      while (i < to) {
        if (seen == 1 && bytes[i] == '.') {
          seen = 2;
          i++;
          continue;
        }
        if (seen == 2 && endsLine(bytes[i])) throw refused(before + i - from - 2);
        seen = 0;
        i = Bytes.find('"', '\\', bytes, i, to);
        if (i == to) break;
        if (bytes[i] == '"') quoted = knowsQuotes && !quoted;
        else if (!quoted && endsLine(i == from ? last : bytes[i - 1])) seen = 1;
        i++;
      }
      if (to > from) last = bytes[to - 1];
      before += to - from;
    }

    private IOException refused(long at) {
      return new IOException(
          "the CSV for "
              + name
              + " has a line \\. at byte "
              + ByteSizes.grouped(at)
              + ", which this server takes for the end of the data, nothing of it stays (expected: \"\\.\" in quotes"
              + " as a value, or no such line)");
    }
  }

  private static final class Text extends CopyCheck {
    private final String name;
    private boolean escapes;
    private boolean ended;
    private long before;

    Text(String name) {
      this.name = name;
    }

    @Override
    void look(byte[] bytes, int from, int to) throws IOException {
      int i = from;
      while (i < to && !ended) {
        if (escapes) {
          ended = bytes[i++] == '.';
          escapes = false;
        } else {
          i = Bytes.find('\\', '\\', bytes, i, to);
          if (i == to) break;
          escapes = true;
          i++;
        }
      }
      while (i < to && endsLine(bytes[i])) i++;
      if (i < to) throw refused(before + i - from);
      before += to - from;
    }

    private IOException refused(long at) {
      return new IOException(
          "the text for "
              + name
              + " goes on at byte "
              + ByteSizes.grouped(at)
              + " behind \\. , which the server takes for the end of the data, nothing of it stays (expected: \\\\. as"
              + " a value, or nothing behind the end)");
    }
  }

  /// Goes from length to length: `ff ff` at the end would be the length of a null too.
  private static final class Binary extends CopyCheck {
    private static final int SIGNATURE_AND_FLAGS_BYTES = 15;

    private enum Next {
      EXTENSION,
      FIELDS,
      FIELD,
      NOTHING
    }

    private final String name;
    private Next next = Next.EXTENSION;
    private int fields;
    private long skipBytes = SIGNATURE_AND_FLAGS_BYTES;
    private int missingBytes = Integer.BYTES;
    private int number;

    Binary(String name) {
      this.name = name;
    }

    @Override
    void look(byte[] bytes, int from, int to) {
      int i = from;
      while (i < to && next != Next.NOTHING) {
        if (skipBytes > 0) {
          int skipped = (int) Math.min(skipBytes, to - i);
          skipBytes -= skipped;
          i += skipped;
        } else {
          number = number << Byte.SIZE | Byte.toUnsignedInt(bytes[i++]);
          if (--missingBytes == 0) take();
        }
      }
    }

    private void take() {
      switch (next) {
        case EXTENSION -> {
          skipBytes = number;
          expect(Next.FIELDS);
        }
        case FIELDS -> {
          fields = (short) number;
          expect(fields < 0 ? Next.NOTHING : fields == 0 ? Next.FIELDS : Next.FIELD);
        }
        case FIELD -> {
          skipBytes = Math.max(0, number);
          expect(--fields == 0 ? Next.FIELDS : Next.FIELD);
        }
        case NOTHING -> throw new AssertionError("behind the trailer");
      }
    }

    private void expect(Next what) {
      next = what;
      missingBytes = what == Next.FIELDS ? Short.BYTES : Integer.BYTES;
      number = 0;
    }

    @Override
    void end() throws IOException {
      if (next == Next.NOTHING) return;
      throw new IOException(
          "the binary data for "
              + name
              + " ends without its trailer, nothing of it stays (expected: ff ff behind the last row; it is cut"
              + " short)");
    }
  }

  /// Finds bytes, eight at a time.
  private static final class Bytes {
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGHS = ONES << 7;

    private Bytes() {}

    /// Where the first byte is that is `one` or `other`; `to` where there is none.
    static int find(char one, char other, byte[] bytes, int from, int to) {
      int i = from;
      for (; i + Long.BYTES <= to; i += Long.BYTES) {
        long word = (long) WORDS.get(bytes, i);
        long found = zeros(word ^ one * ONES) | zeros(word ^ other * ONES);
        if (found != 0) return i + (Long.numberOfTrailingZeros(found) >>> 3);
      }
      while (i < to && bytes[i] != one && bytes[i] != other) i++;
      return i;
    }

    /// The high bit of each byte that is zero, and maybe of some behind the first of them.
    private static long zeros(long word) {
      return word - ONES & ~word & HIGHS;
    }
  }
}
