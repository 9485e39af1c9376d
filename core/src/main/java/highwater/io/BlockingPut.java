package highwater.io;

import highwater.pipeline.Footprint;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Put;
import highwater.pipeline.Term;
import highwater.strand.Handover;
import highwater.strand.HighwaterThread;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Writes what may wait, on a daemon platform thread of its own.
///
/// Three direct buffers go round. Chunks are copied into one of them; it goes to the thread when it is full, and with
/// whatever it has when the thread has nothing to write, so that small chunks are gathered only while they would wait anyway.
/// ```
///   strand ── full ──▶ thread          at most three buffers, so neither handover is ever without room
///      ▲                  │
///      └───── empty ──────┘            the thread's end or failure comes this way
/// ```
final class BlockingPut implements Put<ByteBuffer> {
  static final int BUFFERS = 3;

  private final String name;
  private final BlockingChannel channel;
  private final boolean durable;
  private final Handover<ByteBuffer> full = handover();
  private final Handover<ByteBuffer> empty = handover();
  private final ArrayDeque<ByteBuffer> spare = new ArrayDeque<>(BUFFERS);

  private @Nullable ByteBuffer filling;
  private @Nullable ByteBuffer rest;
  private int withThread;
  private boolean finishing;
  private boolean waiting;
  private volatile boolean opened;

  BlockingPut(String name, BlockingChannel channel, boolean durable) {
    this.name = name;
    this.channel = channel;
    this.durable = durable;
  }

  static BlockingPut ofPath(String name, Path path, boolean durable) {
    return new BlockingPut(name, BlockingChannel.ofPath(path, StandardOpenOption.WRITE), durable);
  }

  static Footprint footprint() {
    return Footprint.of(
        "two buffers ahead, by a thread of its own", 0, Term.of("write", BUFFERS, FileTarget.BUFFER_BYTES));
  }

  private static Handover<ByteBuffer> handover() {
    return new Handover<>((long) BUFFERS * FileTarget.BUFFER_BYTES, _ -> FileTarget.BUFFER_BYTES);
  }

  @Override
  public void open(PartContext context) {
    for (int i = 0; i < BUFFERS; i++) spare.add(ChunkBuffers.take(FileTarget.BUFFER_BYTES));
    empty.onReady(context.strand(), context::wake);
    HighwaterThread.start("writer of " + name, this::writeAll);
  }

  // The thread.

  private void writeAll() {
    long positionBytes = FileErrors.WHILE_OPENING;
    try {
      var open = channel.open();
      opened = true;
      positionBytes = 0;
      for (ByteBuffer buffer; (buffer = full.take()) != null; ) {
        while (buffer.hasRemaining()) positionBytes += writeSome(open, buffer);
        empty.put(buffer);
      }
      if (durable) channel.force();
      channel.close();
      empty.end();
    } catch (IOException e) {
      channel.closeAfter(e);
      empty.fail(FileErrors.writing(name, positionBytes, e, null));
    } catch (Throwable e) {
      channel.closeAfter(e);
      empty.fail(e);
    }
  }

  private static int writeSome(FileChannel open, ByteBuffer buffer) throws IOException {
    int written = open.write(buffer);
    if (written == 0) BlockingChannel.rest();
    return written;
  }

  // The strand.

  @Override
  public Progress poll() throws Exception {
    takeBack();
    if (rest != null) copy(rest);
    if (withThread == 0) send();
    waiting = false;
    if (rest == null && !finishing) return Progress.HUNGRY;
    if (finishing && withThread == 0 && empty.phase() == Handover.Phase.ENDED) return Progress.DONE;
    waiting = true;
    return Progress.WAITING;
  }

  /// Takes the buffers the thread has written, and throws what it failed with.
  private void takeBack() throws Exception {
    for (ByteBuffer buffer; (buffer = empty.poll()) != null; ) {
      withThread--;
      spare.add(buffer.clear());
    }
    if (empty.phase() == Handover.Phase.FAILED) throw FileErrors.thrown(empty.reason());
  }

  @Override
  public void offer(ByteBuffer chunk) {
    assert rest == null && !finishing : "HUNGRY comes first";
    copy(chunk);
    if (withThread == 0) send();
  }

  /// Copies what there is room for and keeps the rest of `chunk` for the next poll.
  private void copy(ByteBuffer chunk) {
    while (chunk.hasRemaining()) {
      if (filling == null) filling = spare.poll();
      if (filling == null) break;
      int length = Math.min(chunk.remaining(), filling.remaining());
      filling.put(filling.position(), chunk, chunk.position(), length);
      filling.position(filling.position() + length);
      chunk.position(chunk.position() + length);
      if (!filling.hasRemaining()) send();
    }
    rest = chunk.hasRemaining() ? chunk : null;
  }

  private void send() {
    if (filling == null || filling.position() == 0) return;
    full.offer(filling.flip());
    filling = null;
    withThread++;
  }

  @Override
  public void finish() {
    assert rest == null && !finishing : "HUNGRY comes first";
    finishing = true;
    send();
    full.end();
  }

  @Override
  public void abort(Throwable cause) {
    // First the channel: its thread must see that it was stopped, not that its input has come to an end.
    channel.stop();
    full.cancel(cause);
    empty.cancel(cause);
  }

  @Override
  public void close() {
    channel.stop();
    if (finishing && withThread == 0 && empty.phase() == Handover.Phase.ENDED) {
      for (var buffer : spare) ChunkBuffers.giveBack(buffer);
    }
    spare.clear();
    full.cancel(new IllegalStateException("closed"));
    empty.cancel(new IllegalStateException("closed"));
  }

  @Override
  public @Nullable String waitsFor() {
    if (!waiting) return null;
    return opened ? "the reader of " + name : name + " to open";
  }
}
