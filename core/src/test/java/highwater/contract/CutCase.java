package highwater.contract;

import highwater.pipeline.PullStage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/// A stage with inputs, for [CutContract]: made by [#bytes], [#text], [#lines] or [#frames], by what the stage gives.
public final class CutCase<O> {
  /// Writes one chunk down.
  interface Output<O> {
    void add(StringBuilder made, O chunk);
  }

  private final Function<Consumer<Object>, PullStage<ByteBuffer, O>> stage;
  private final Output<O> output;
  private final List<byte[]> inputs;
  private String name;
  private boolean virtualTime;
  private boolean otherWords;

  private CutCase(Function<Consumer<Object>, PullStage<ByteBuffer, O>> stage, Output<O> output, List<byte[]> inputs) {
    this.stage = stage;
    this.output = output;
    this.inputs = inputs;
    name = stage.apply(_ -> {}).name();
  }

  /// A stage that makes bytes, of a small and perhaps larger inputs, each of which it takes without failure.
  public static CutCase<ByteBuffer> bytes(PullStage<ByteBuffer, ByteBuffer> stage, byte[]... inputs) {
    return telling(_ -> stage, inputs);
  }

  /// A stage that makes bytes, and tells something of each run.
  public static CutCase<ByteBuffer> telling(
      Function<Consumer<Object>, PullStage<ByteBuffer, ByteBuffer>> stage, byte[]... inputs) {
    return new CutCase<>(stage, (made, chunk) -> made.append(CutRun.latin1(chunk)), Arrays.asList(inputs));
  }

  /// A stage that makes text, which may be cut anywhere.
  public static CutCase<String> text(PullStage<ByteBuffer, String> stage, byte[]... inputs) {
    return new CutCase<>(_ -> stage, StringBuilder::append, Arrays.asList(inputs));
  }

  /// A stage that makes strings whose borders count.
  public static CutCase<String> lines(PullStage<ByteBuffer, String> stage, byte[]... inputs) {
    return new CutCase<>(_ -> stage, (made, line) -> made.append(line).append("¶\n"), Arrays.asList(inputs));
  }

  /// A stage that makes chunks whose borders count.
  public static CutCase<ByteBuffer> frames(PullStage<ByteBuffer, ByteBuffer> stage, byte[]... inputs) {
    return new CutCase<>(
        _ -> stage, (made, frame) -> made.append(CutRun.latin1(frame)).append("¶\n"), Arrays.asList(inputs));
  }

  /// The same under a name that tells it from another of its stage.
  public CutCase<O> as(String name) {
    this.name = name;
    return this;
  }

  /// The same in virtual time.
  public CutCase<O> inVirtualTime() {
    virtualTime = true;
    return this;
  }

  /// The same where one kind of damage is told in other words when it is seen earlier or later.
  public CutCase<O> inOtherWords() {
    otherWords = true;
    return this;
  }

  List<byte[]> inputs() {
    return inputs;
  }

  /// What the stage makes of `chunks`, what it told at the end with it.
  CutRun.Outcome run(List<byte[]> chunks, CutRun.Kind kind) {
    var told = new StringBuilder();
    var made = CutRun.of(stage.apply(told::append), output, chunks, kind, virtualTime);
    var failure = made.failure();
    if (failure != null && otherWords) failure = failure.substring(0, failure.indexOf(':'));
    return new CutRun.Outcome(made.made() + told, failure);
  }

  /// Text of Latin-1 as bytes.
  public static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public String toString() {
    return name;
  }
}
