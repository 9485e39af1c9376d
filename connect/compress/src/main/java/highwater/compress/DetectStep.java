package highwater.compress;

import static java.util.Objects.requireNonNull;

import highwater.Diagnosis.Cause;
import highwater.codec.DataException;
import highwater.pipeline.Part;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.PullStage;
import highwater.pipeline.Step;
import highwater.pipeline.WorksElsewhere;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One run of a stage that is chosen by its first bytes: gathers them, opens the stage, offers it what was gathered, then
/// the rest of the chunk they came with, then is that stage.
final class DetectStep implements Step<ByteBuffer, ByteBuffer>, WorksElsewhere.Around {
  private final String name;
  private final Function<Format, PullStage<ByteBuffer, ByteBuffer>> stages;
  private final byte[] first = new byte[Format.MAGIC_BYTES_MAX];
  private int firstBytes;
  private ByteBuffer input = DecodeStep.NOTHING;
  private boolean ending;
  private @Nullable PartContext context;
  private @Nullable Step<ByteBuffer, ByteBuffer> chosen;

  /// The same for reports, which look at it from elsewhere, also when it is closed.
  private volatile @Nullable Part inside;

  /// Whether the rest of the chunk, and the end, are still to be offered to what was chosen.
  private boolean owesRest;

  private boolean owesEnd;

  DetectStep(String name, Function<Format, PullStage<ByteBuffer, ByteBuffer>> stages) {
    this.name = name;
    this.stages = stages;
  }

  @Override
  public void open(PartContext context) {
    this.context = context;
  }

  @Override
  public void offer(ByteBuffer chunk) throws Exception {
    if (chosen != null && !owesRest) chosen.offer(chunk);
    else input = chunk;
  }

  @Override
  public void finish() throws Exception {
    if (chosen != null && !owesRest) chosen.finish();
    else ending = true;
  }

  @Override
  public Progress poll() throws Exception {
    if (chosen == null) {
      gather();
      if (firstBytes < first.length && !ending) {
        // It was used up, and with this answer it is its owner's again.
        input = DecodeStep.NOTHING;
        return Progress.HUNGRY;
      }
      choose();
    }
    var step = requireNonNull(chosen);
    while (true) {
      var progress = step.poll();
      if (progress != Progress.HUNGRY) return progress;
      if (owesRest) {
        owesRest = false;
        owesEnd = ending;
        if (input.hasRemaining()) {
          step.offer(input);
          continue;
        }
      }
      input = DecodeStep.NOTHING;
      if (!owesEnd) return progress;
      owesEnd = false;
      step.finish();
    }
  }

  private void gather() {
    int bytes = Math.min(input.remaining(), first.length - firstBytes);
    input.get(first, firstBytes, bytes);
    firstBytes += bytes;
  }

  private void choose() throws Exception {
    var begins = Arrays.copyOf(first, firstBytes);
    var format = Format.of(begins);
    if (format == null) throw unknown(begins);
    var step = stages.apply(format).step();
    chosen = step;
    inside = step;
    step.open(requireNonNull(context, "not open"));
    owesRest = true;
    // The first poll of a step that holds nothing is HUNGRY, but only after it is it told.
    if (step.poll() != Progress.HUNGRY) throw new IllegalStateException(step + " does not begin HUNGRY");
    step.offer(ByteBuffer.wrap(begins));
  }

  private DataException unknown(byte[] begins) {
    if (begins.length == 0) {
      return new DataException(name + ": the input is empty (expected: compressed data)", 0);
    }
    if (ending && Format.mayBe(begins)) {
      return new DataException(
          (name + ": unexpected end of input after " + begins.length + " bytes")
              + " (expected: more compressed data; it is cut short, fetch it again)",
          begins.length);
    }
    var known = String.join(", ", Arrays.stream(Format.values()).map(Format::toString).toList());
    return new DataException(
        (name + ": the input begins with " + HexFormat.ofDelimiter(" ").formatHex(begins))
            + (" (expected: " + known + "; brotli has no such mark: name the stage unbrotli;")
            + " zlib data: inflate; leave the stage out if the input is plain)",
        0);
  }

  @Override
  public ByteBuffer next() {
    return requireNonNull(chosen).next();
  }

  @Override
  public void commit() throws Exception {
    if (chosen != null) chosen.commit();
  }

  @Override
  public void abort(Throwable cause) {
    if (chosen != null) chosen.abort(cause);
  }

  @Override
  public boolean settled() throws Exception {
    return chosen == null || chosen.settled();
  }

  @Override
  public void close() throws Exception {
    if (chosen != null) chosen.close();
    chosen = null;
    input = DecodeStep.NOTHING;
  }

  @Override
  public @Nullable Part inside() {
    return inside;
  }

  @Override
  public @Nullable String waitsFor() {
    return chosen == null ? null : chosen.waitsFor();
  }

  @Override
  public Cause waitCause() {
    return chosen == null ? Cause.UNKNOWN : chosen.waitCause();
  }

  @Override
  public String toString() {
    return "DetectStep(" + (chosen == null ? firstBytes + " bytes seen" : chosen) + ")";
  }
}
