package highwater.archive;

import highwater.StreamOptions;
import highwater.contract.CutCase;
import highwater.contract.CutContract;
import highwater.pipeline.Footprint;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.PullStage;
import highwater.pipeline.Step;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.Stream;

/// What a zip's entries are, and whether and how reading them fails, does not depend on how the input is cut.
class ZipCutTest extends CutContract {
  @Override
  protected Stream<CutCase<?>> cases() {
    return Stream.of(CutCase.text(written(Zip.entries()), smallZip(), largeZip()).inOtherWords());
  }

  private static byte[] smallZip() {
    var zip = new Hostile.ZipBytes();
    zip.add("a", "content, content");
    var stored = zip.add("b", "x");
    stored.method = ZipFields.STORED;
    return zip.bytes();
  }

  private static byte[] largeZip() {
    var zip = new Hostile.ZipBytes();
    var random = new Random(5);
    for (int i = 0; i < 50; i++) zip.add("f" + i, Integer.toString(random.nextInt()).repeat(random.nextInt(1000)));
    return zip.bytes();
  }

  /// A reader whose pieces are written down; data may be cut anywhere.
  private static PullStage<ByteBuffer, String> written(Entries entries) {
    return new PullStage<>() {
      @Override
      public String name() {
        return entries.name();
      }

      @Override
      public StreamOptions streamOptions() {
        return StreamOptions.bytes().withReadableObjects();
      }

      @Override
      public Footprint footprint(long chunkMaxBytes) {
        return entries.footprint(chunkMaxBytes);
      }

      @Override
      public Step<ByteBuffer, String> step() {
        return new Writing(entries.step());
      }
    };
  }

  private record Writing(Step<ByteBuffer, Piece> step) implements Step<ByteBuffer, String> {
    @Override
    public void open(PartContext context) throws Exception {
      step.open(context);
    }

    @Override
    public Progress poll() throws Exception {
      return step.poll();
    }

    @Override
    public String next() {
      return switch (step.next()) {
        case Piece.Data(var bytes) -> StandardCharsets.ISO_8859_1.decode(bytes.duplicate()).toString();
        case Piece other -> "<" + other + ">";
      };
    }

    @Override
    public void offer(ByteBuffer chunk) throws Exception {
      step.offer(chunk);
    }

    @Override
    public void finish() throws Exception {
      step.finish();
    }

    @Override
    public void close() throws Exception {
      step.close();
    }
  }
}
