package highwater.codec;

import highwater.pipeline.Progress;
import highwater.pipeline.Step;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;

/// One run of decoding text: what is decoded of the chunk so far is a string.
final class DecodeTextStep implements Step<ByteBuffer, String> {
  private final CharDecoding decoding;
  private boolean ending;

  DecodeTextStep(Charset charset, CodingErrorAction malformed, boolean dropsMark) {
    decoding = new CharDecoding(charset, malformed, dropsMark, () -> "decode");
  }

  @Override
  public void offer(ByteBuffer chunk) {
    decoding.offer(chunk);
  }

  @Override
  public void finish() {
    ending = true;
    decoding.finish();
  }

  @Override
  public Progress poll() throws DataException {
    while (!decoding.chars().hasRemaining()) {
      if (!decoding.decodeMore()) return ending ? Progress.DONE : Progress.HUNGRY;
    }
    return Progress.READY;
  }

  @Override
  public String next() {
    var chars = decoding.chars();
    if (!chars.hasRemaining()) throw new IllegalStateException("next() without text: poll first");
    var text = chars.toString();
    chars.position(chars.limit());
    return text;
  }

  @Override
  public void close() {
    decoding.letGo();
  }

  @Override
  public String toString() {
    return "DecodeTextStep(" + decoding + ")";
  }
}
