package highwater.compress;

import static java.util.Objects.requireNonNull;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.decoder.DecoderJNI;
import highwater.codec.DataException;
import highwater.codec.ExpansionLimit;
import highwater.pipeline.PartContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One run of unbrotli: exactly one stream.
///
/// The decoder lends its own memory for output; it is copied, so that nobody can look at it once it is freed.
final class BrotliStep extends DecodeStep {
  private DecoderJNI.@Nullable Wrapper decoder;
  private ByteBuffer output = NOTHING;

  /// Whether output was in its way: it then has to be asked to go on, with nothing, before it says that it wants more input.
  private boolean mayGoOn;

  BrotliStep(String name, ExpansionLimit limit) {
    super(new Complaints(name, "brotli"), limit);
  }

  @Override
  public void open(PartContext part) throws IOException {
    NativeLibrary.load(complaints.stage(), "brotli4j", Brotli4jLoader::ensureAvailability);
    output = ByteBuffer.allocateDirect(CHUNK_BYTES);
    decoder = new DecoderJNI.Wrapper(CHUNK_BYTES, CHUNK_BYTES);
  }

  @Override
  ByteBuffer decode(ByteBuffer input) throws DataException {
    var open = requireNonNull(decoder, "not open");
    while (true) {
      if (open.hasOutput()) {
        mayGoOn = true;
        return output.clear().put(open.pull()).flip();
      }
      switch (open.getStatus()) {
        case NEEDS_MORE_INPUT -> {
          if (mayGoOn) {
            open.push(0);
          } else {
            if (!input.hasRemaining()) return NOTHING;
            push(open, input);
          }
          mayGoOn = false;
        }
        case OK, NEEDS_MORE_OUTPUT -> open.push(0);
        case DONE -> {
          if (input.hasRemaining()) throw complaints.goesOn(positionBytes(), "nothing after it");
          return NOTHING;
        }
        case ERROR ->
            throw complaints.damaged(
                positionBytes(), "no brotli stream, or something follows it (brotli does not say which)", null);
      }
    }
  }

  private static void push(DecoderJNI.Wrapper open, ByteBuffer input) {
    var room = open.getInputBuffer();
    int bytes = Math.min(input.remaining(), room.capacity());
    room.put(0, input, input.position(), bytes);
    input.position(input.position() + bytes);
    open.push(bytes);
  }

  @Override
  void checkWhole() throws DataException {
    if (requireNonNull(decoder).getStatus() != DecoderJNI.Status.DONE) {
      throw complaints.cutShort(positionBytes(), null);
    }
  }

  @Override
  public void close() {
    super.close();
    if (decoder != null) decoder.destroy();
    decoder = null;
    output = NOTHING;
  }
}
