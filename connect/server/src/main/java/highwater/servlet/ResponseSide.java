package highwater.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The body of a response: written when the container is ready, completed when the run has succeeded, else broken off.
final class ResponseSide extends ContainerSide implements WriteListener {
  /// Has Jetty break the connection of a response, committed or not.
  private static final int ABORT = -1;

  private final AsyncContext async;
  private final HttpServletResponse response;
  private final ServletOutputStream output;
  private final boolean chunks;

  // Under the lock, all that follow.
  private boolean breaking;
  private boolean completing;
  private @Nullable Throwable unbroken;

  /// With `chunks` where the protocol sends a body without a length in chunks: HTTP/1.1.
  ResponseSide(Client client, AsyncContext async, HttpServletResponse response, boolean chunks) throws IOException {
    super(client);
    this.chunks = chunks;
    this.async = async;
    this.response = response;
    output = response.getOutputStream();
  }

  /// The size of the buffer that the container keeps for it, in bytes.
  int containerBytes() {
    return response.getBufferSize();
  }

  // The strand.

  synchronized boolean ready() throws IOException {
    return !breaking && ready(output::isReady);
  }

  /// Whether the run may still touch it.
  private boolean isOurs() {
    return turn() == Turn.OURS && !breaking;
  }

  synchronized int status() {
    return isOurs() ? response.getStatus() : HttpServletResponse.SC_OK;
  }

  /// Whether the servlet has set a status whose body a container drops, and whose Content-Length is that of another response.
  boolean hasNoBody() {
    int status = status();
    return status == HttpServletResponse.SC_NO_CONTENT || status == HttpServletResponse.SC_NOT_MODIFIED;
  }

  /// The length that the servlet has announced by itself, or -1.
  synchronized long announcedBytes() {
    if (!isOurs()) return -1;
    var length = response.getHeader("Content-Length");
    return length == null ? -1 : Long.parseLong(length);
  }

  synchronized void announce(long bytes) {
    if (isOurs()) response.setContentLengthLong(bytes);
  }

  /// A container would else end the body with the connection where the client wants that closed, and a body that broke off
  /// would look whole. HTTP/1.0 knows nothing better, HTTP/2 and 3 need nothing.
  synchronized void announceChunks() {
    if (isOurs() && chunks) response.setHeader("Transfer-Encoding", "chunked");
  }

  /// Gives the first `length` bytes, which are the container's until [#ready()] is true again.
  synchronized void write(byte[] bytes, int length) throws IOException {
    if (isOurs()) output.write(bytes, 0, length);
  }

  synchronized void flush() throws IOException {
    if (isOurs()) output.flush();
  }

  /// Sends the end; the container says `onComplete` when that is done.
  synchronized void complete() {
    if (!isOurs() || completing) return;
    completing = true;
    async.complete();
  }

  /// Whether its end was sent, and nothing else ends it.
  synchronized boolean isCompleting() {
    return completing && !breaking;
  }

  /// Makes it visible to the client that there is no whole body: 500 while nothing was sent, else the connection breaks.
  ///
  /// Where it is the container's turn and nothing was sent, its servlet may not have returned yet: the next callback does it.
  void breakOff() {
    synchronized (this) {
      if (breaking || completing) return;
      breaking = true;
      if (turn() == Turn.OURS || response.isCommitted()) breakNow();
    }
  }

  /// What the container answered where it was to break the connection and did not; else null.
  synchronized @Nullable Throwable unbroken() {
    return unbroken;
  }

  private void breakNow() {
    assert Thread.holdsLock(this);
    if (turn() == Turn.OVER || completing) return;
    completing = true;
    try {
      if (response.isCommitted()) abort();
      else answerFailure();
    } catch (IOException | RuntimeException e) {
      // Not completed, for that would end the body as if it were whole.
      unbroken = e;
    }
  }

  /// Jetty's request is over with that, and it does not say so. Nothing is completed, for where a container did not break off
  /// it would end the body.
  private void abort() throws IOException {
    response.sendError(ABORT);
    pass(Turn.OVER);
  }

  private void answerFailure() throws IOException {
    response.reset();
    response.sendError(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
    async.complete();
  }

  // The container's threads.

  @Override
  public void onWritePossible() {
    called(
        () -> {
          pass(Turn.OURS);
          if (breaking) breakNow();
        });
  }

  @Override
  void endsByItself() {
    // A container that completes a body which was begun would make it whole; broken off, it cannot.
    breaking = true;
    if (response.isCommitted()) breakNow();
  }
}
