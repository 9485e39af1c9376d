package highwater.jdbc;

import highwater.pipeline.Footprint;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// Puts any bytes through a COPY, which takes lines of text: the pattern as hexadecimal digits. Everything else is passed on.
final class Hexadecimal {
  private Hexadecimal() {}

  /// The bytes of an origin that gives lines of digits.
  static PullOrigin<ByteBuffer> decoded(PullOrigin<ByteBuffer> origin) {
    return new PullOrigin<>() {
      @Override
      public String name() {
        return origin.name();
      }

      @Override
      public Footprint footprint(long inputMaxBytes) {
        return origin.footprint(inputMaxBytes);
      }

      @Override
      public Pull<ByteBuffer> pull() {
        return new Decoded(origin.pull());
      }
    };
  }

  private record Decoder(StringBuilder digits) {
    ByteBuffer decode(ByteBuffer chunk) {
      while (chunk.hasRemaining()) {
        char c = (char) chunk.get();
        if (c != '\n') digits.append(c);
      }
      int whole = digits.length() & ~1;
      var bytes = HexFormat.of().parseHex(digits, 0, whole);
      digits.delete(0, whole);
      return ByteBuffer.wrap(bytes);
    }
  }

  private static final class Decoded implements Pull<ByteBuffer> {
    private final Pull<ByteBuffer> pull;
    private final Decoder decoder = new Decoder(new StringBuilder());

    Decoded(Pull<ByteBuffer> pull) {
      this.pull = pull;
    }

    @Override
    public void open(PartContext context) throws Exception {
      pull.open(context);
    }

    @Override
    public Progress poll() throws Exception {
      return pull.poll();
    }

    @Override
    public ByteBuffer next() {
      return decoder.decode(pull.next());
    }

    @Override
    public void commit() throws Exception {
      pull.commit();
    }

    @Override
    public void abort(Throwable cause) {
      pull.abort(cause);
    }

    @Override
    public boolean settled() throws Exception {
      return pull.settled();
    }

    @Override
    public void close() throws Exception {
      pull.close();
    }

    @Override
    public @org.jspecify.annotations.Nullable String waitsFor() {
      return pull.waitsFor();
    }
  }

  /// A target that gets an empty row first, so that even no bytes leave a row behind, then each chunk as it is or, where
  /// `asLines`, as a line of digits.
  static PullTarget<ByteBuffer> encoded(PullTarget<ByteBuffer> target, boolean asLines) {
    return new PullTarget<>() {
      @Override
      public String name() {
        return target.name();
      }

      @Override
      public Footprint footprint(long inputMaxBytes) {
        return target.footprint(inputMaxBytes);
      }

      @Override
      public Put<ByteBuffer> put() {
        return new Encoded(target.put(), asLines);
      }
    };
  }

  private static final class Encoded implements Put<ByteBuffer> {
    private final Put<ByteBuffer> put;
    private final boolean asLines;
    private boolean begun;

    Encoded(Put<ByteBuffer> put, boolean asLines) {
      this.put = put;
      this.asLines = asLines;
    }

    @Override
    public void open(PartContext context) throws Exception {
      put.open(context);
    }

    @Override
    public Progress poll() throws Exception {
      var progress = put.poll();
      if (begun || progress != Progress.HUNGRY) return progress;
      begun = true;
      put.offer(row(ByteBuffer.allocate(0)));
      return put.poll();
    }

    private ByteBuffer row(ByteBuffer chunk) {
      if (!asLines) return chunk;
      var bytes = new byte[chunk.remaining()];
      chunk.get(bytes);
      return StandardCharsets.US_ASCII.encode("\\\\x" + HexFormat.of().formatHex(bytes) + "\n");
    }

    @Override
    public void offer(ByteBuffer chunk) throws Exception {
      put.offer(row(chunk));
      chunk.position(chunk.limit());
    }

    @Override
    public void finish() throws Exception {
      put.finish();
    }

    @Override
    public void commit() throws Exception {
      put.commit();
    }

    @Override
    public void abort(Throwable cause) {
      put.abort(cause);
    }

    @Override
    public boolean settled() throws Exception {
      return put.settled();
    }

    @Override
    public void close() throws Exception {
      put.close();
    }

    @Override
    public @org.jspecify.annotations.Nullable String waitsFor() {
      return put.waitsFor();
    }
  }
}
