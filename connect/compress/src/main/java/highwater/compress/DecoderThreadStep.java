package highwater.compress;

import highwater.Diagnosis.Cause;
import highwater.blocking.BlockingPull;
import highwater.blocking.CallThread;
import highwater.blocking.HandedInput;
import highwater.blocking.JoinedStep;
import highwater.codec.ExpansionLimit;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.Footprint;
import highwater.pipeline.Part;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Step;
import highwater.pipeline.Term;
import highwater.pipeline.WorksElsewhere;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One run of a [PullDecoder], on a thread of its own between two sets of buffers; warns on the strand.
///
/// A platform thread, for it computes: on a virtual one it would hold a carrier.
final class DecoderThreadStep implements Step<ByteBuffer, ByteBuffer>, WorksElsewhere.Around {
  private final JoinedStep joined;
  private final DecoderSource source;
  private final Consumer<String> warning;
  private boolean over;

  DecoderThreadStep(PullDecoder format, Complaints complaints, ExpansionLimit limit, Consumer<String> warning) {
    var in = new HandedInput();
    source = new DecoderSource(format, in.stream(), complaints, limit);
    var out = new BlockingPull(complaints.stage(), source, CallThread.PLATFORM, DecodeStep.CHUNK_BYTES);
    joined = new JoinedStep(in, out);
    this.warning = warning;
  }

  /// What one run holds, with `decoderBytes` for the decoder.
  static Footprint footprint(String name, long decoderBytes, String rest) {
    return Footprint.of(
        ByteSizes.inWords(DecodeStep.CHUNK_BYTES) + " chunks, by a thread of its own" + rest,
        DecodeStep.CHUNK_BYTES,
        HandedInput.term(name + " in"),
        Term.of(name, 1, decoderBytes),
        BlockingPull.term(name + " out", DecodeStep.CHUNK_BYTES));
  }

  @Override
  public void open(PartContext context) throws Exception {
    joined.open(context);
  }

  @Override
  public Progress poll() throws Exception {
    var progress = joined.poll();
    if (progress == Progress.DONE && !over) {
      over = true;
      var told = source.warning();
      if (told != null) warning.accept(told);
    }
    return progress;
  }

  @Override
  public ByteBuffer next() {
    return joined.next();
  }

  @Override
  public void offer(ByteBuffer chunk) throws Exception {
    joined.offer(chunk);
  }

  @Override
  public void finish() throws Exception {
    joined.finish();
  }

  @Override
  public void commit() throws Exception {
    joined.commit();
  }

  @Override
  public void abort(Throwable cause) {
    joined.abort(cause);
  }

  @Override
  public boolean settled() throws Exception {
    return joined.settled();
  }

  @Override
  public void close() throws Exception {
    joined.close();
  }

  @Override
  public Part inside() {
    return joined;
  }

  @Override
  public @Nullable String waitsFor() {
    return joined.waitsFor();
  }

  @Override
  public Cause waitCause() {
    return joined.waitCause();
  }
}
