package highwater.compress;

import highwater.codec.DataException;
import highwater.pipeline.ByteSizes;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// A format whose library pulls its input: how one run of it is begun, and what its exceptions mean.
interface PullDecoder {
  /// Begins to decode `in`, which holds at least one byte.
  InputStream open(CountedInput in, Complaints complaints) throws IOException;

  /// What a failure of the decoder is; null where nothing more is known than that.
  default @Nullable DataException explained(IOException failure, CountedInput in, Complaints complaints) {
    return null;
  }

  /// Trailing garbage that was read and dropped, known at the end; 0 where it is an error.
  default long garbageBytes() {
    return 0;
  }

  /// The warning of `bytes` of garbage that begin at `at`.
  static String warning(String stage, long bytes, long at) {
    return stage
        + ": "
        + ByteSizes.inWords(bytes)
        + " of garbage ignored, from byte "
        + at
        + " on, after the last stream";
  }
}
