package highwater.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// A response that notes each call of its stream which the Servlet API forbids: a write or a flush without an `isReady()` that
/// was true since the one before, and any call between an `isReady()` that was false and the callback.
final class StrictResponse extends HttpServletResponseWrapper {
  private enum May {
    ASK,
    WRITE,
    WAIT
  }

  private final List<String> broken = new CopyOnWriteArrayList<>();
  private final AtomicInteger waits = new AtomicInteger();
  private final AtomicInteger writes = new AtomicInteger();
  private final Output output;
  private boolean twice;

  StrictResponse(HttpServletResponse response) throws IOException {
    super(response);
    output = new Output(response.getOutputStream());
  }

  /// The same, asking the container twice each time, as filters do.
  StrictResponse askingTwice() {
    twice = true;
    return this;
  }

  List<String> broken() {
    return broken;
  }

  /// How often `isReady()` was false.
  int waits() {
    return waits.get();
  }

  int writes() {
    return writes.get();
  }

  @Override
  public ServletOutputStream getOutputStream() {
    return output;
  }

  private final class Output extends ServletOutputStream {
    private final ServletOutputStream inside;
    private May may = May.WAIT;

    Output(ServletOutputStream inside) {
      this.inside = inside;
    }

    @Override
    public boolean isReady() {
      synchronized (this) {
        if (may == May.WAIT) broken.add("isReady() before the callback");
        // Before the answer, for the callback may come at once.
        may = May.WAIT;
      }
      boolean ready = inside.isReady();
      if (twice && ready) ready = inside.isReady();
      synchronized (this) {
        if (ready) may = May.WRITE;
        else waits.incrementAndGet();
      }
      return ready;
    }

    private synchronized void use(String call) {
      if (may != May.WRITE) broken.add(call + " when it may " + may);
      may = May.ASK;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      use("write");
      writes.incrementAndGet();
      inside.write(bytes, offset, length);
    }

    @Override
    public void write(int b) {
      broken.add("a single byte");
    }

    @Override
    public void flush() throws IOException {
      use("flush");
      inside.flush();
    }

    @Override
    public void setWriteListener(WriteListener listener) {
      inside.setWriteListener(
          new WriteListener() {
            @Override
            public void onWritePossible() throws IOException {
              synchronized (Output.this) {
                may = May.ASK;
              }
              listener.onWritePossible();
            }

            @Override
            public void onError(Throwable thrown) {
              listener.onError(thrown);
            }
          });
    }
  }
}
