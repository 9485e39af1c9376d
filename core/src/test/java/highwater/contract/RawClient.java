package highwater.contract;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// A client of HTTP/1.1 on a bare socket: sees what was sent, and throws `EOFException` where a body breaks off.
public final class RawClient implements AutoCloseable {
  /// What each client asks the system for; it gives twice that.
  public static final int BUFFER_BYTES = 64 << 10;

  /// A server that says nothing for so long fails the test.
  private static final int PATIENCE_MILLIS = 60_000;

  private final Socket socket = new Socket();
  private final InputStream in;
  private final OutputStream out;
  private final Map<String, String> headers = new HashMap<>();
  private int status;

  /// Connects to `port` of the loopback address.
  public RawClient(int port) throws IOException {
    socket.setReceiveBufferSize(BUFFER_BYTES);
    socket.setSendBufferSize(BUFFER_BYTES);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setSoTimeout(PATIENCE_MILLIS);
    in = new BufferedInputStream(socket.getInputStream(), 1 << 12);
    out = socket.getOutputStream();
  }

  /// Sends a request's head: its first line and these header lines.
  public void head(String... lines) throws IOException {
    text(String.join("\r\n", lines) + "\r\n\r\n");
  }

  /// Sends `text`.
  public void text(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  /// Where to write a body: each write is a chunk, or goes as it is.
  public OutputStream body(boolean chunked) {
    if (!chunked) return out;
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

  /// Reads the answer's head, interim ones left out, and gives its body, which throws where it is cut short.
  public InputStream answer() throws IOException {
    do {
      headers.clear();
      status = Integer.parseInt(line().split(" ", 3)[1]);
      for (String line = line(); !line.isEmpty(); line = line()) {
        int colon = line.indexOf(':');
        headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
    } while (status < 200);
    if (status == 204 || status == 304) return InputStream.nullInputStream();
    if (header("Transfer-Encoding").equals("chunked")) return new Body(-1);
    if (header("Content-Length").isEmpty()) throw new IOException("a body without a length: " + headers);
    return new Body(Long.parseLong(header("Content-Length")));
  }

  /// The status of the last answer.
  public int status() {
    return status;
  }

  /// A header of the last answer, or nothing.
  public String header(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
  }

  /// What comes as it is, to the end of the connection, or its reset.
  public void drain() {
    try {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // It was reset.
    }
  }

  /// Breaks the connection at once.
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) throw new EOFException("in a line: " + line);
      if (c != '\r') line.append((char) c);
    }
    return line.toString();
  }

  /// A body of a length, or of chunks.
  private final class Body extends InputStream {
    private final boolean chunked;
    private long left;
    private boolean begun;
    private boolean ended;

    Body(long length) {
      chunked = length < 0;
      left = Math.max(0, length);
      ended = length == 0;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      // Else a reader that has all it asked for would wait for the next chunk.
      if (length == 0) return 0;
      if (!ended && left == 0) next();
      if (ended) return -1;
      int read = in.read(bytes, offset, (int) Math.min(length, left));
      if (read < 0) throw new EOFException(left + " bytes are missing");
      left -= read;
      if (!chunked && left == 0) ended = true;
      return read;
    }

    private void next() throws IOException {
      if (begun) line();
      begun = true;
      var size = line();
      left = Long.parseLong(size, 16);
      if (left > 0) return;
      line();
      ended = true;
    }
  }
}
