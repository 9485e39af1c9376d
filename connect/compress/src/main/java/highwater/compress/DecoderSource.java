package highwater.compress;

import highwater.Diagnosis.Cause;
import highwater.blocking.BlockingSource;
import highwater.codec.DataException;
import highwater.codec.ExpansionLimit;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// A [PullDecoder] at work: its thread waits for input, decodes, checks the limit, hands over.
///
/// -1 comes only when the input's end was read too.
final class DecoderSource implements BlockingSource {
  private final PullDecoder format;
  private final CountedInput in;
  private final Complaints complaints;
  private final ExpansionLimit limit;
  private volatile boolean stopped;
  private @Nullable InputStream plain;
  private long madeBytes;

  /// Written last by the thread, read by the strand after its end.
  private volatile @Nullable String warning;

  DecoderSource(PullDecoder format, InputStream in, Complaints complaints, ExpansionLimit limit) {
    this.format = format;
    this.in = new CountedInput(in);
    this.complaints = complaints;
    this.limit = limit;
  }

  @Override
  public boolean readsIntoArrays() {
    return true;
  }

  @Override
  public int read(ByteBuffer buffer) throws IOException {
    int bytes = decoded(buffer);
    if (bytes < 0) {
      drain();
      long garbage = format.garbageBytes();
      if (garbage > 0) warning = PullDecoder.warning(complaints.stage(), garbage, in.bytes() - garbage);
      return -1;
    }
    madeBytes += bytes;
    limit.check(complaints.stage(), madeBytes, in.bytes());
    buffer.position(buffer.position() + bytes);
    return bytes;
  }

  private int decoded(ByteBuffer buffer) throws IOException {
    try {
      return opened().read(buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining());
    } catch (DataException e) {
      throw e;
    } catch (IOException e) {
      throw explained(e);
    } catch (RuntimeException e) {
      // Of a decoder that was led astray, beyond the end of an array or the like.
      throw complaints.damaged(in.bytes(), "its structure is broken", e);
    }
  }

  private InputStream opened() throws IOException {
    if (plain == null) {
      int first = in.read();
      if (first < 0) throw complaints.empty();
      in.unread(new byte[] {(byte) first});
      plain = format.open(in, complaints);
    }
    return plain;
  }

  private IOException explained(IOException e) {
    if (stopped) return e;
    var known = format.explained(e, in, complaints);
    if (known != null) return known;
    // Wanting more than there is comes before everything else that may be wrong then.
    if (in.atEnd()) return complaints.cutShort(in.bytes(), e);
    return complaints.damaged(in.bytes(), String.valueOf(e.getMessage()), e);
  }

  /// A decoder that has all it wanted may not have asked for the end of its input.
  private void drain() throws IOException {
    if (in.read() >= 0) throw complaints.goesOn(in.bytes() - 1, "nothing after it");
  }

  @Override
  public void stop(Throwable cause) {
    // What it waits for is its input, which is aborted beside it.
    stopped = true;
  }

  @Override
  public String waitsFor() {
    return "the decoder";
  }

  @Override
  public Cause waitCause() {
    return Cause.WORK;
  }

  /// What is to be said of the input, now that it has ended.
  @Nullable String warning() {
    return warning;
  }
}
