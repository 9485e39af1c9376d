package highwater.jdbc;

import highwater.contract.Giving;
import highwater.contract.Remains;
import highwater.contract.Taking;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Stands between a client and the PostgreSQL of the tests, counts the bytes of the pattern that pass, and dies or stops.
///
/// Towards the client it takes messages apart (a letter, a length, a body): rows of a COPY are `d`, of a query `D`. Towards
/// the server it counts all bytes.
final class PostgresGate implements AutoCloseable {
  private static final int HEADER_BYTES = 5;

  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final @Nullable Giving giving;
  private final @Nullable Taking taking;

  /// How many bytes stand for one of the pattern: two where it is hexadecimal.
  private final int bytesEach;

  private final Set<Socket> clients = ConcurrentHashMap.newKeySet();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final CountDownLatch released = new CountDownLatch(1);
  final AtomicLong given = new AtomicLong();
  final AtomicLong taken = new AtomicLong();
  private volatile boolean isDue;

  PostgresGate(@Nullable Giving giving, @Nullable Taking taking, int bytesEach) throws IOException {
    this.giving = giving;
    this.taking = taking;
    this.bytesEach = bytesEach;
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        var client = listener.accept();
        clients.add(client);
        sockets.add(client);
        client.setTcpNoDelay(true);
        Thread.ofVirtual().start(() -> passToServer(client));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void passToServer(Socket client) {
    try (client;
        var server = new Socket(InetAddress.getLoopbackAddress(), PostgresServer.get().port())) {
      sockets.add(server);
      server.setTcpNoDelay(true);
      Thread.ofVirtual().start(() -> passToClient(server, client));
      var buffer = new byte[taking == null ? 64 << 10 : taking.pieceBytes()];
      var in = client.getInputStream();
      var out = server.getOutputStream();
      while (true) {
        if (taking != null && taken.get() / bytesEach >= taking.untilBytes()) meets(taking.then());
        int read = in.read(buffer);
        if (read < 0) break;
        taken.addAndGet(read);
        out.write(buffer, 0, read);
      }
    } catch (IOException e) {
      // Gone.
    } finally {
      clients.remove(client);
    }
  }

  private void meets(Taking.Then then) throws IOException {
    if (then == Taking.Then.DIE) die();
    if (then == Taking.Then.STOP) rest();
  }

  private void passToClient(Socket server, Socket client) {
    try (server;
        client) {
      var in = new DataInputStream(server.getInputStream());
      var out = client.getOutputStream();
      if (giving == null) {
        pass(in, out);
        return;
      }
      isDue = giving.untilBytes() == 0;
      while (true) {
        int type = in.read();
        if (type < 0) return;
        int length = in.readInt();
        var message = new byte[HEADER_BYTES + length - Integer.BYTES];
        message[0] = (byte) type;
        for (int i = 0; i < Integer.BYTES; i++) message[1 + i] = (byte) (length >>> (24 - 8 * i));
        in.readFully(message, HEADER_BYTES, message.length - HEADER_BYTES);
        if (isDue) meets(giving.then());
        for (int at = 0; at < message.length; ) {
          int count = Math.min(giving.pieceBytes(), message.length - at);
          out.write(message, at, count);
          at += count;
        }
        count(type, message);
      }
    } catch (IOException e) {
      // Gone.
    }
  }

  private void pass(InputStream in, java.io.OutputStream out) throws IOException {
    var buffer = new byte[64 << 10];
    for (int read; (read = in.read(buffer)) >= 0; ) {
      if (taking != null && taking.then() == Taking.Then.STOP && taken.get() / bytesEach >= taking.untilBytes()) rest();
      out.write(buffer, 0, read);
    }
  }

  private void meets(Giving.Then then) throws IOException {
    if (then == Giving.Then.DIE) die();
    if (then == Giving.Then.STOP) rest();
  }

  private void count(int type, byte[] message) {
    long until = giving == null ? 0 : giving.untilBytes();
    switch (type) {
      case 'd' -> {
        // Hexadecimal digits and a line's end.
        long now = given.addAndGet((message.length - HEADER_BYTES - 1) / 2);
        if (now >= until) isDue = true;
      }
      case 'D' -> {
        int field = HEADER_BYTES + Short.BYTES + Integer.BYTES;
        int bytes = message.length - field;
        boolean text = bytes >= 2 && message[field] == '\\' && message[field + 1] == 'x';
        given.addAndGet(text ? (bytes - 2) / 2 : bytes);
      }
      // The rows of a fetch reach the client's program with its end alone.
      case 'Z' -> {
        if (given.get() > 0 && given.get() >= until) isDue = true;
      }
      default -> {}
    }
  }

  /// Breaks every connection, and takes no more.
  void die() throws IOException {
    listener.close();
    for (var socket : sockets) {
      socket.setSoLinger(true, 0);
      socket.close();
    }
    throw new IOException("dead");
  }

  private void rest() throws IOException {
    try {
      released.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  void awaitLetGo() {
    released.countDown();
    Remains.await("the end of every connection", clients::isEmpty);
  }

  @Override
  public void close() throws IOException {
    released.countDown();
    listener.close();
    for (var socket : sockets) socket.close();
  }
}
