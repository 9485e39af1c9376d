package highwater.s3;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/// A proxy between a client and a server of S3, one request a connection, that misbehaves where it is told: it sees where in
/// the object each byte of a body is.
class Gate implements AutoCloseable {
  private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");
  private static final Pattern RANGE = Pattern.compile("(?i)\r\ncontent-range: *bytes (\\d+)-");

  private final int serverPort;
  private final ServerSocket listener;
  private final Set<Passage> passages = ConcurrentHashMap.newKeySet();
  private volatile boolean released;

  /// Bytes of objects that went to the server, and to the client.
  final AtomicLong taken = new AtomicLong();

  final AtomicLong given = new AtomicLong();
  final AtomicLong requests = new AtomicLong();

  Gate(Server server) throws IOException {
    serverPort = server.port();
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  // What subclasses make go wrong. Each may wait on, or end, the passage.

  /// A request has come; true where it was answered here.
  boolean answers(Passage passage) throws Exception {
    return false;
  }

  /// How many of the next `count` bytes of an object for the server may pass, at least one.
  int toServer(Passage passage, int count) throws Exception {
    return count;
  }

  /// All of a request's body has passed.
  void bodyPassed(Passage passage) throws Exception {}

  /// How many of `count` bytes of the object from `position` on may pass to the client, at least one.
  int toClient(Passage passage, long position, int count) throws Exception {
    return count;
  }

  /// Lets those that stopped look whether their client has gone.
  void release() {
    released = true;
  }

  int openConnections() {
    return passages.size();
  }

  /// Goes away: no connection lives, and none can be made.
  void die() {
    close();
  }

  private void accept() {
    try {
      for (; ; ) {
        var passage = new Passage(listener.accept());
        passages.add(passage);
        if (listener.isClosed()) passage.end();
        Thread.ofVirtual().start(passage::carry);
      }
    } catch (IOException closed) {
      // Nobody may connect any more.
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    passages.forEach(Passage::end);
  }

  /// One request and its answer.
  final class Passage {
    private final Socket client;
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile Socket server;
    private String head = "";

    private Passage(Socket client) {
      this.client = client;
    }

    String method() {
      return head.substring(0, Math.max(0, head.indexOf(' ')));
    }

    String head() {
      return head;
    }

    /// Waits until the client has gone, or [#release()]. From the thread that reads the client: takes the rest then.
    void stop() throws InterruptedException {
      while (!over.await(5, TimeUnit.MILLISECONDS) && !released) {}
    }

    /// The same where nothing of the request counts any more: a client that has gone shows only at the end of what it sent.
    void stopReading() throws InterruptedException, IOException {
      stop();
      while (client.getInputStream().read() >= 0) {}
      throw new IOException("stopped");
    }

    void end() {
      over.countDown();
      close(client);
      close(server);
      passages.remove(this);
    }

    private static void close(Socket socket) {
      try {
        if (socket != null) socket.close();
      } catch (IOException e) {
        // Closed enough.
      }
    }

    private void carry() {
      try {
        var in = client.getInputStream();
        head = readHead(in);
        if (head.isEmpty()) return;
        requests.incrementAndGet();
        server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
        Thread.ofVirtual().start(this::carryBack);
        if (answers(this)) return;
        var out = server.getOutputStream();
        out.write(
            head.replaceAll("(?i)\r\nconnection: [^\r]*", "")
                .replaceFirst("\r\n", "\r\nConnection: close\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        carryBody(in, out);
        // Waits for the client to go.
        while (in.read() >= 0) {}
      } catch (Exception e) {
        // Cut off, on one side or the other.
      } finally {
        end();
      }
    }

    private void carryBody(InputStream in, OutputStream out) throws Exception {
      boolean counts = method().equals("PUT");
      long left = length(head, 0);
      var bytes = new byte[16 << 10];
      while (left > 0) {
        int read = in.read(bytes, 0, (int) Math.min(bytes.length, left));
        if (read < 0) throw new IOException("cut off");
        for (int at = 0; at < read; ) {
          int pass = counts ? toServer(this, read - at) : read - at;
          out.write(bytes, at, pass);
          if (counts) taken.addAndGet(pass);
          at += pass;
        }
        left -= read;
      }
      if (counts) bodyPassed(this);
    }

    private void carryBack() {
      try {
        var in = server.getInputStream();
        var out = client.getOutputStream();
        String answer = readHead(in);
        for (; answer.startsWith("HTTP/1.1 100"); answer = readHead(in)) {
          out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
        }
        out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
        boolean counts = method().equals("GET") && answer.startsWith("HTTP/1.1 20") && !head.contains("list-type=");
        var range = RANGE.matcher(answer);
        long position = range.find() ? Long.parseLong(range.group(1)) : 0;
        var bytes = new byte[16 << 10];
        for (int read; (read = in.read(bytes)) >= 0; ) {
          for (int at = 0; at < read; ) {
            int pass = counts ? toClient(this, position, read - at) : read - at;
            out.write(bytes, at, pass);
            if (counts) given.addAndGet(pass);
            position += pass;
            at += pass;
          }
        }
        if (counts && answer.contains("\r\n")) toClient(this, position, 0);
      } catch (Exception e) {
        // Cut off.
      } finally {
        if (over.getCount() > 0) end();
      }
    }

    /// Answers in the server's stead.
    boolean answer(String status, String code) throws IOException {
      long left = length(head, 0);
      if (head.toLowerCase(java.util.Locale.ROOT).contains("100-continue")) left = 0;
      client.getInputStream().skipNBytes(left);
      var body = "<Error><Code>" + code + "</Code><Message>it says no</Message></Error>";
      client
          .getOutputStream()
          .write(
              ("HTTP/1.1 "
                      + status
                      + "\r\nContent-Type: application/xml\r\nConnection: close\r\nContent-Length: "
                      + body.length()
                      + "\r\n\r\n"
                      + body)
                  .getBytes(StandardCharsets.ISO_8859_1));
      return true;
    }
  }

  private static long length(String head, long otherwise) {
    var length = LENGTH.matcher(head);
    return length.find() ? Long.parseLong(length.group(1)) : otherwise;
  }

  private static String readHead(InputStream in) throws IOException {
    var head = new ByteArrayOutputStream();
    int ends = 0;
    while (ends < 4) {
      int read = in.read();
      if (read < 0) return head.toString(StandardCharsets.ISO_8859_1);
      head.write(read);
      ends = read == (ends % 2 == 0 ? '\r' : '\n') ? ends + 1 : read == '\r' ? 1 : 0;
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }
}
