package highwater.http;

import highwater.contract.Pattern;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// A server of sockets alone: what it sends is what the test wrote.
final class RawServer implements TestServer {
  /// What to do with one request.
  interface RawHandler {
    void serve(RawCall call) throws Exception;
  }

  /// What each request began with, in order.
  final List<RawCall> calls = new CopyOnWriteArrayList<>();

  private final ServerSocket listening;
  private final RawHandler handler;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger active = new AtomicInteger();

  RawServer(Handler handler) throws IOException {
    this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), call -> handler.serve(call));
  }

  private RawServer(ServerSocket listening, RawHandler handler) {
    this.listening = listening;
    this.handler = handler;
    Thread.ofPlatform().daemon().name("raw-server").start(this::accept);
  }

  static RawServer of(RawHandler handler) throws IOException {
    return new RawServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), handler);
  }

  static RawServer of(ServerSocket listening, RawHandler handler) {
    return new RawServer(listening, handler);
  }

  private void accept() {
    try {
      for (; ; ) {
        var socket = listening.accept();
        open.add(socket);
        active.incrementAndGet();
        Thread.ofPlatform().daemon().name("raw-connection").start(() -> serve(socket));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      var call = new RawCall(socket);
      calls.add(call);
      handler.serve(call);
      call.settle();
    } catch (Exception e) {
      // The connection breaks.
    } finally {
      open.remove(socket);
      active.decrementAndGet();
    }
  }

  @Override
  public int port() {
    return listening.getLocalPort();
  }

  @Override
  public int active() {
    return active.get();
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (var socket : open) socket.close();
  }

  /// One request on a connection of its own.
  static final class RawCall implements Call {
    final Socket socket;
    final InputStream in;
    final OutputStream out;
    final String requestLine;
    final Map<String, String> headers = new HashMap<>();
    volatile long sentBytes;

    RawCall(Socket socket) throws IOException {
      this.socket = socket;
      in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
      out = socket.getOutputStream();
      requestLine = line();
      for (String line = line(); !line.isEmpty(); line = line()) {
        int colon = line.indexOf(':');
        headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
    }

    private String line() throws IOException {
      var line = new StringBuilder();
      for (int c = in.read(); c != '\n'; c = in.read()) {
        if (c < 0) throw new EOFException();
        if (c != '\r') line.append((char) c);
      }
      return line.toString();
    }

    String header(String name) {
      return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    /// Sends the status line and header lines.
    void head(String... lines) throws IOException {
      text(String.join("\r\n", lines) + "\r\n\r\n");
    }

    void text(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }

    /// Sends bytes of the pattern.
    void bytes(long from, long to) throws IOException {
      Pattern.write(out, from, to, 8 << 10);
      sentBytes = sentBytes + to - from;
    }

    /// Breaks the connection at once.
    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    void continueIfAsked() throws IOException {
      if (header("Expect").equalsIgnoreCase("100-continue")) text("HTTP/1.1 100 Continue\r\n\r\n");
    }

    @Override
    public InputStream body() throws IOException {
      continueIfAsked();
      return header("Transfer-Encoding").equals("chunked") ? new Chunks() : new Counted(header("Content-Length"));
    }

    @Override
    public OutputStream respond(int status, long lengthBytes) throws IOException {
      socket.setSendBufferSize(64 << 10);
      if (lengthBytes >= 0) {
        head("HTTP/1.1 " + status + " Whatever", "Content-Length: " + lengthBytes);
        return out;
      }
      head("HTTP/1.1 " + status + " Whatever", "Transfer-Encoding: chunked");
      return new OutputStream() {
        @Override
        public void write(int b) throws IOException {
          write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          text(Integer.toHexString(length) + "\r\n");
          out.write(bytes, offset, length);
          text("\r\n");
        }

        @Override
        public void close() throws IOException {
          text("0\r\n\r\n");
        }
      };
    }

    @Override
    public void awaitGone() throws IOException {
      while (in.read() >= 0) {}
    }

    /// Ends the connection so that what was sent arrives: not before the client has ended its side.
    private void settle() throws IOException {
      if (socket.isClosed()) return;
      if (!(socket instanceof javax.net.ssl.SSLSocket)) socket.shutdownOutput();
      else socket.close();
      socket.setSoTimeout(5_000);
      while (in.read() >= 0) {}
    }

    private final class Counted extends InputStream {
      private long left;

      Counted(String length) {
        left = length.isEmpty() ? 0 : Long.parseLong(length);
      }

      @Override
      public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        if (left == 0) return -1;
        int read = in.read(bytes, offset, (int) Math.min(length, left));
        if (read < 0) throw new EOFException();
        left -= read;
        return read;
      }
    }

    private final class Chunks extends InputStream {
      private long left;
      private boolean begun;
      private boolean ended;

      @Override
      public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        if (ended) return -1;
        if (left == 0) {
          if (begun) line();
          begun = true;
          left = Long.parseLong(line(), 16);
          if (left == 0) {
            line();
            ended = true;
            return -1;
          }
        }
        int read = in.read(bytes, offset, (int) Math.min(length, left));
        if (read < 0) throw new EOFException();
        left -= read;
        return read;
      }
    }
  }
}
