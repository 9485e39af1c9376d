package highwater.io;

import highwater.strand.HighwaterThread;
import highwater.strand.Hold;
import highwater.strand.Strand;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// One prompt and its answer, on a thread of its own.
final class Question {
  private final CompletableFuture<String> answer = new CompletableFuture<>();
  private final BlockingChannel stdin = BlockingChannel.of(StdOrigin::lease);
  private final @Nullable Hold hold;

  private Question(@Nullable Hold hold) {
    this.hold = hold;
  }

  static CompletableFuture<String> ask(String text, @Nullable Strand strand) {
    var question = new Question(strand == null ? null : strand.offload());
    var _ = question.answer.whenComplete((_, _) -> question.stdin.stop());
    HighwaterThread.start("question", () -> question.run(text));
    return question.answer;
  }

  private void run(String text) {
    try {
      var channel = stdin.open();
      System.out.print(text);
      System.out.flush();
      var line = readLine(channel);
      stdin.close();
      tell(() -> answer.complete(line));
    } catch (Throwable e) {
      stdin.closeAfter(e);
      var failure = e instanceof Refusal refusal ? FileErrors.reading("stdin", FileErrors.WHILE_OPENING, refusal) : e;
      tell(() -> answer.completeExceptionally(failure));
    }
  }

  private void tell(Runnable completion) {
    if (hold == null) completion.run();
    else hold.release(completion);
  }

  /// Reads byte by byte, as nothing behind the line is ours.
  private static String readLine(FileChannel channel) throws IOException {
    var line = new ByteArrayOutputStream();
    var one = ByteBuffer.allocateDirect(1);
    for (; ; ) {
      int read = channel.read(one.clear());
      if (read == 0) {
        BlockingChannel.rest();
        continue;
      }
      if (read < 0 && line.size() == 0) throw new EOFException("stdin ended before an answer (expected: one line)");
      if (read < 0 || one.get(0) == '\n') break;
      if (line.size() == StdStreams.ANSWER_BYTES_MAX) {
        throw new IOException(
            "an answer longer than " + StdStreams.ANSWER_BYTES_MAX + " bytes (expected: a shorter line)");
      }
      line.write(one.get(0));
    }
    var text = line.toString(Charset.forName(System.getProperty("stdin.encoding", "UTF-8")));
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }
}
