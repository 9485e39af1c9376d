package highwater.net;

import static javax.net.ssl.SSLEngineResult.HandshakeStatus.NEED_TASK;
import static javax.net.ssl.SSLEngineResult.HandshakeStatus.NEED_WRAP;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/// TLS over a socket, by the JDK's engine.
///
/// ```
///   read:  socket ─▶ received ─▶ unwrap ─▶ the caller's buffer, or `plain` where that is too small for a record
///   write: the caller's buffer ─▶ wrap ─▶ sending ─▶ socket
/// ```
/// Both buffers of ciphertext are emptied before they are filled again, so what it holds is their size. An end is close_notify
/// in either direction; one of the socket's alone is a failure.
final class TlsWire implements Wire {
  /// Room for several records, so that one call of the system serves them.
  private static final int CIPHERTEXT_BYTES = 64 << 10;

  /// The most records that are looked through for one that says why the connection is gone.
  private static final int RECORDS_BEFORE_ALERT_MAX = 100;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final PlainWire socket;
  private final SSLEngine engine;
  private final String name;
  private final Consumer<List<Runnable>> tasks;

  /// What came and was not decrypted, ready to be read.
  private final ByteBuffer received;

  /// What is encrypted and not yet sent, ready to be read.
  private final ByteBuffer sending;

  /// What was decrypted and not yet given, ready to be read.
  private ByteBuffer plain = NOTHING;

  private final int plainRecordBytes;
  private final int recordBytes;
  private long givenBytes;
  private boolean begun;
  private boolean opened;
  private boolean tasksRun;
  private boolean peerEnded;
  private boolean ending;

  /// `tasks` runs the engine's long work elsewhere and then calls [#tasksAreDone], on the strand.
  TlsWire(PlainWire socket, SSLEngine engine, String name, Consumer<List<Runnable>> tasks) {
    this.socket = socket;
    this.engine = engine;
    this.name = name;
    this.tasks = tasks;
    recordBytes = engine.getSession().getPacketBufferSize();
    plainRecordBytes = engine.getSession().getApplicationBufferSize();
    received = ByteBuffer.allocate(Math.max(CIPHERTEXT_BYTES, 2 * recordBytes)).flip();
    sending = ByteBuffer.allocate(Math.max(CIPHERTEXT_BYTES, 2 * recordBytes)).flip();
  }

  /// The most that one of these holds: two buffers of ciphertext and a record.
  static int heldBytesOfOne() {
    return 2 * CIPHERTEXT_BYTES + (17 << 10);
  }

  /// The long work is done.
  void tasksAreDone() {
    tasksRun = false;
  }

  @Override
  public boolean open() throws IOException {
    if (opened) return true;
    try {
      if (!begun) {
        begun = true;
        engine.beginHandshake();
      }
      opened = shakeHands();
      return opened;
    } catch (SSLException e) {
      sendAlert();
      throw NetErrors.tls(name, engine.getUseClientMode(), e);
    }
  }

  private boolean shakeHands() throws IOException {
    while (!tasksRun) {
      switch (engine.getHandshakeStatus()) {
        case FINISHED, NOT_HANDSHAKING -> {
          return flush();
        }
        case NEED_TASK -> runTasks();
        case NEED_WRAP -> {
          if (!flush()) return false;
          wrap(NOTHING);
        }
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          if (!flush()) return false;
          plain = plain == NOTHING ? ByteBuffer.allocate(plainRecordBytes).flip() : plain;
          int got = unwrap(plain.clear());
          plain.flip();
          if (got == BLOCKED) return false;
          if (got == ENDED) throw NetErrors.noHandshake(name);
        }
      }
    }
    return false;
  }

  private void runTasks() {
    var all = new ArrayList<Runnable>();
    for (Runnable task; (task = engine.getDelegatedTask()) != null; ) all.add(task);
    if (all.isEmpty()) return;
    tasksRun = true;
    tasks.accept(all);
  }

  private static final int BLOCKED = 0;
  private static final int ENDED = -1;

  /// A record was used up that held no data.
  private static final int WENT_ON = -2;

  /// Decrypts one record into `to`, which has room for one: its bytes, or one of the three.
  private int unwrap(ByteBuffer to) throws IOException {
    for (; ; ) {
      var result = engine.unwrap(received, to);
      switch (result.getStatus()) {
        case OK -> {
          return result.bytesProduced() > 0 ? result.bytesProduced() : WENT_ON;
        }
        case CLOSED -> {
          peerEnded = true;
          return ENDED;
        }
        case BUFFER_UNDERFLOW -> {
          received.compact();
          int read;
          try {
            read = socket.read(received);
          } finally {
            received.flip();
          }
          if (read == 0) return BLOCKED;
          if (read < 0) {
            if (!opened) throw NetErrors.noHandshake(name);
            throw NetErrors.truncated(name, givenBytes);
          }
        }
        case BUFFER_OVERFLOW ->
            throw new SSLException(
                "a record of more than " + to.remaining() + " bytes, the largest that was agreed on");
      }
    }
  }

  /// Encrypts one record from `from` into what is sent, whose room the caller has made.
  private int wrap(ByteBuffer from) throws IOException {
    sending.compact();
    try {
      var result = engine.wrap(from, sending);
      switch (result.getStatus()) {
        case OK, CLOSED -> {}
        case BUFFER_OVERFLOW, BUFFER_UNDERFLOW ->
            throw new SSLException("no room for a record of " + engine.getSession().getPacketBufferSize() + " bytes");
      }
      return result.bytesConsumed();
    } finally {
      sending.flip();
    }
  }

  /// Tells the peer what was wrong, as far as that goes without waiting.
  private void sendAlert() {
    try {
      while (engine.getHandshakeStatus() == NEED_WRAP && flush() && !engine.isOutboundDone()) wrap(NOTHING);
      flush();
    } catch (IOException | RuntimeException e) {
      // What was wrong is told on this side.
    }
  }

  @Override
  public int read(ByteBuffer to) throws IOException {
    try {
      int read = readDecrypted(to);
      if (read > 0) givenBytes += read;
      return read;
    } catch (SSLException e) {
      sendAlert();
      throw NetErrors.tls(name, engine.getUseClientMode(), e);
    }
  }

  private int readDecrypted(ByteBuffer to) throws IOException {
    int before = to.position();
    while (to.hasRemaining()) {
      if (plain.hasRemaining()) {
        moveInto(to);
        continue;
      }
      if (peerEnded || tasksRun) break;
      int got;
      if (to.remaining() >= plainRecordBytes) {
        // What is there already is given before the socket is asked for more.
        if (to.position() > before && !received.hasRemaining()) break;
        got = unwrap(to);
      } else {
        if (to.position() > before) break;
        plain = plain == NOTHING ? ByteBuffer.allocate(plainRecordBytes) : plain.clear();
        try {
          got = unwrap(plain);
        } finally {
          plain.flip();
        }
      }
      if (got == BLOCKED || got == ENDED) break;
      if (engine.getHandshakeStatus() == NEED_TASK) runTasks();
      // An answer that TLS itself owes goes out before the next data does, or now.
      if (engine.getHandshakeStatus() == NEED_WRAP && flush()) {
        wrap(NOTHING);
        flush();
      }
    }
    int read = to.position() - before;
    return read == 0 && peerEnded ? ENDED : read;
  }

  private void moveInto(ByteBuffer to) {
    int length = Math.min(to.remaining(), plain.remaining());
    to.put(to.position(), plain, plain.position(), length);
    to.position(to.position() + length);
    plain.position(plain.position() + length);
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    try {
      int taken = 0;
      while (from.hasRemaining()) {
        if (engine.isOutboundDone()) {
          throw NetErrors.failure(
              name
                  + ": the other side has ended, and with TLS 1.2 that ends both directions (expected: TLS 1.3, where"
                  + " each side ends for itself)",
              null);
        }
        if (sending.capacity() - sending.remaining() < recordBytes && !flush()) break;
        taken += wrap(from);
      }
      flush();
      return taken;
    } catch (SSLException e) {
      throw NetErrors.tls(name, engine.getUseClientMode(), e);
    }
  }

  @Override
  public boolean flush() throws IOException {
    if (!sending.hasRemaining()) return true;
    try {
      socket.write(sending);
    } catch (IOException e) {
      readAlert();
      throw e;
    }
    return !sending.hasRemaining();
  }

  /// Throws what the other side said before it closed the connection: with TLS 1.3 a client may have begun to write when the server
  /// refuses its certificate.
  private void readAlert() throws IOException {
    var record = ByteBuffer.allocate(plainRecordBytes);
    try {
      for (int records = 0, got = WENT_ON;
          records < RECORDS_BEFORE_ALERT_MAX && got != BLOCKED && got != ENDED;
          records++) {
        got = unwrap(record.clear());
      }
    } catch (SSLException alert) {
      throw NetErrors.tls(name, engine.getUseClientMode(), alert);
    } catch (IOException e) {
      // It said nothing: what the write failed with is all.
    }
  }

  @Override
  public boolean endOutput() throws IOException {
    try {
      if (!ending) {
        ending = true;
        engine.closeOutbound();
      }
      while (!engine.isOutboundDone()) {
        if (!flush()) return false;
        wrap(NOTHING);
      }
      return flush() && socket.endOutput();
    } catch (SSLException e) {
      throw NetErrors.tls(name, engine.getUseClientMode(), e);
    }
  }
}
