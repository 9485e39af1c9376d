package highwater.compress;

import highwater.codec.DataException;
import highwater.pipeline.ByteSizes;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.MemoryLimitException;
import org.tukaani.xz.UnsupportedOptionsException;
import org.tukaani.xz.XZFormatException;
import org.tukaani.xz.XZInputStream;

/// xz streams one after the other, with padding between and after them.
final class XzStreams implements PullDecoder {
  private static final int KIB = 1 << 10;
  private static final int HEADER_BYTES = 12;

  private final int memoryKibibytes;

  XzStreams(int memoryKibibytes) {
    this.memoryKibibytes = memoryKibibytes;
  }

  @Override
  public InputStream open(CountedInput in, Complaints complaints) throws IOException {
    return new XZInputStream(in, memoryKibibytes);
  }

  @Override
  public @Nullable DataException explained(IOException failure, CountedInput in, Complaints complaints) {
    long at = in.bytes();
    return switch (failure) {
      case MemoryLimitException e ->
          complaints.unsupported(
              at,
              "the data needs " + memory(e.getMemoryNeeded()) + " of memory",
              "at most "
                  + memory(memoryKibibytes)
                  + "; if there is memory for it: a larger memoryAtMost (in the command: unxz,memory=SIZE)",
              e);
      case XZFormatException _ ->
          at <= HEADER_BYTES
              ? complaints.otherFormat("fd 37 7a 58 5a 00")
              : complaints.goesOn(at - HEADER_BYTES, "nothing after it, zeros in fours, or another stream");
      case UnsupportedOptionsException e ->
          complaints.unsupported(at, String.valueOf(e.getMessage()), "filters and checks of xz 5.2", e);
      default -> null;
    };
  }

  private static String memory(int kibibytes) {
    return ByteSizes.rounded((long) kibibytes * KIB);
  }
}
