package highwater.http;

import com.sun.net.httpserver.HttpExchange;
import highwater.Diagnosis.Cause;
import highwater.blocking.BlockingPut;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Put;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Answers a HEAD: takes one chunk, or the end, as the sign that a GET would begin well, drops it and wants no more.
final class HeadPut implements Put<ByteBuffer> {
  private final BlockingPut answer;
  private final HttpExchange exchange;
  private final long lengthBytes;
  private boolean dropped;
  private boolean finishing;

  /// With `answer`, which sends headers and no body, and the length that a GET's body would have, or -1.
  HeadPut(BlockingPut answer, HttpExchange exchange, long lengthBytes) {
    this.answer = answer;
    this.exchange = exchange;
    this.lengthBytes = lengthBytes;
  }

  @Override
  public void open(PartContext context) {
    answer.open(context);
  }

  @Override
  public Progress poll() throws Exception {
    if (dropped && !finishing) finish();
    return answer.poll();
  }

  @Override
  public void offer(ByteBuffer chunk) {
    chunk.position(chunk.limit());
    dropped = true;
  }

  @Override
  public void finish() {
    finishing = true;
    answer.finish();
  }

  /// The length is announced now only: a failure's answer has none.
  @Override
  public void commit() {
    if (lengthBytes >= 0) exchange.getResponseHeaders().set("Content-Length", Long.toString(lengthBytes));
    answer.commit();
  }

  @Override
  public boolean settled() throws Exception {
    return answer.settled();
  }

  @Override
  public void abort(Throwable cause) {
    answer.abort(cause);
  }

  @Override
  public void close() {
    answer.close();
  }

  @Override
  public @Nullable String waitsFor() {
    return answer.waitsFor();
  }

  @Override
  public Cause waitCause() {
    return answer.waitCause();
  }
}
