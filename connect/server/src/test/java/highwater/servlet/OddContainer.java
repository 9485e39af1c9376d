package highwater.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A container as badly behaved as any that was reported: does what the test tells it, on the threads that call.
///
/// Like containers it writes its response when `write` is called, and says what became of it.
final class OddContainer {
  /// What `isReady()` answers.
  interface Readiness {
    boolean isReady(OddContainer container) throws IOException;
  }

  private final Readiness readiness;
  private final boolean breaksOff;
  private final AtomicInteger asked = new AtomicInteger();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private volatile boolean committed;
  private volatile boolean completed;
  private volatile boolean aborted;
  private volatile int status = 200;
  private volatile boolean writeFails;

  /// What the run sees of it.
  final ResponseSide side;

  OddContainer(Readiness readiness, boolean breaksOff) throws IOException {
    this.readiness = readiness;
    this.breaksOff = breaksOff;
    side = new ResponseSide(new Client("GET /odd", "127.0.0.1"), async(), response(), true);
  }

  /// One that is always ready.
  static OddContainer ready() throws IOException {
    return new OddContainer(_ -> true, true);
  }

  void failWrites() {
    writeFails = true;
  }

  int asked() {
    return asked.get();
  }

  byte[] body() {
    synchronized (body) {
      return body.toByteArray();
    }
  }

  boolean isCompleted() {
    return completed;
  }

  boolean isAborted() {
    return aborted;
  }

  int status() {
    return status;
  }

  AsyncEvent event(@Nullable Throwable thrown) {
    return new AsyncEvent(async(), null, null, thrown);
  }

  private AsyncContext async() {
    return proxy(
        AsyncContext.class,
        (_, method, _) -> {
          if (!method.getName().equals("complete")) throw new UnsupportedOperationException(method.getName());
          completed = true;
          side.onComplete(event(null));
          return null;
        });
  }

  private HttpServletResponse response() {
    var output = new Output();
    return proxy(
        HttpServletResponse.class,
        (_, method, arguments) ->
            switch (method.getName()) {
              case "getOutputStream" -> output;
              case "isCommitted" -> committed;
              case "getStatus" -> status;
              case "getBufferSize" -> 1 << 15;
              case "sendError" -> {
                sendError((int) arguments[0]);
                yield null;
              }
              case "getHeader", "setHeader", "setContentLengthLong", "reset" -> null;
              default -> throw new UnsupportedOperationException(method.getName());
            });
  }

  private void sendError(int code) {
    if (code >= 0) {
      status = code;
      committed = true;
      return;
    }
    if (!breaksOff) throw new IllegalStateException("Cannot call sendError() after the response has been committed");
    aborted = true;
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private final class Output extends ServletOutputStream {
    @Override
    public boolean isReady() {
      asked.incrementAndGet();
      try {
        return readiness.isReady(OddContainer.this);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (writeFails) throw new IOException("Broken pipe");
      committed = true;
      synchronized (body) {
        body.write(bytes, offset, length);
      }
    }

    @Override
    public void write(int b) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void setWriteListener(WriteListener listener) {
      throw new UnsupportedOperationException();
    }
  }
}
