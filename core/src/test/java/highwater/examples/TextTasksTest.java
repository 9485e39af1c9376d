package highwater.examples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.codec.Base64;
import highwater.codec.Bytes;
import highwater.codec.DataException;
import highwater.codec.Frames;
import highwater.codec.Text;
import highwater.io.FileStreams;
import highwater.pipeline.Pipeline;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tasks with text, frames and collectors, as documents show them.
class TextTasksTest {
  @TempDir Path folder;

  @Test
  void linesOfOneKindBecomeLinesOfAnother() throws Exception {
    var in = Files.write(folder.resolve("in.txt"), "é\r\nb\rc".getBytes(ISO_8859_1));
    var out = folder.resolve("out.txt");
    // @start region="lines-with-a-limit"
    Pipeline.from(FileStreams.read(in))
        .through(Text.lines().charset(ISO_8859_1).longest(10_000)) // a longer line fails, with its number
        .through(Text.encode().endingEach("\n"))
        .to(FileStreams.write(out))
        .run();
    // @end
    assertThat(out).hasContent("é\nb\nc\n");
    Files.writeString(in, "x".repeat(10_001));
    var pipeline = Pipeline.from(FileStreams.read(in)).through(Text.lines().longest(10_000)).through(Text.encode());
    assertThatThrownBy(() -> pipeline.to(FileStreams.write(folder.resolve("never"))).run())
        .hasMessageContaining("line 1 is longer than 10000 characters")
        .hasCauseInstanceOf(DataException.class);
    assertThat(folder.resolve("never")).doesNotExist();
  }

  @Test
  void framesOfOneFormatBecomeFramesOfAnother() throws Exception {
    var in = Files.writeString(folder.resolve("names.nul"), "a\0b c\0\0");
    var out = folder.resolve("names.frames");
    // @start region="frames"
    var pipeline =
        Pipeline.from(FileStreams.read(in))
            .through(
                Frames.delimited((byte) 0).longest(4096).split()) // one chunk a name, as `find -print0` writes them
            .through(Frames.varint().longest(4096).join()) // each after its length
            .to(FileStreams.write(out));
    pipeline.run();
    // @end
    assertThat(Files.readString(out)).isEqualTo("\1a\3b c\0");
    assertThat(pipeline.bound().totalBytes()).isPresent();
    Files.writeString(in, "cut sho");
    assertThatThrownBy(pipeline::run).hasMessageContaining("without the delimiter 00");
  }

  @Test
  void aFileIsWrittenAsMime() throws Exception {
    var data = new byte[100];
    var in = Files.write(folder.resolve("in.bin"), data);
    var out = folder.resolve("out.b64");
    Pipeline.from(FileStreams.read(in)).through(Base64.mime().encode()).to(FileStreams.write(out)).run();
    assertThat(out).hasContent(java.util.Base64.getMimeEncoder().encodeToString(data));
  }

  @Test
  void whatDoesNotEndDoesNotFillMemory() {
    var chunks = Stream.of("hello, ", "world").map(text -> ByteBuffer.wrap(text.getBytes(UTF_8))).toList();
    // @start region="collect-with-a-limit"
    String text = chunks.stream().map(ByteBuffer::duplicate).collect(Text.toText(UTF_8, 1000)); // fails beyond it
    byte[] bytes = chunks.stream().map(ByteBuffer::duplicate).collect(Bytes.toArray(1 << 20));
    // @end
    assertThat(text).isEqualTo("hello, world");
    assertThat(bytes).isEqualTo(text.getBytes(UTF_8));
    assertThatThrownBy(() -> chunks.stream().collect(Bytes.toArray(10))).hasMessageContaining("the most is 10");
  }
}
