package highwater.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.blocking.CallThread;
import highwater.contract.Pattern;
import highwater.contract.Remains;
import highwater.pipeline.CancelledException;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.Target;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Java's streams and channels as ends: who closes, what a failure leaves, and that whoever waits wakes.
@Timeout(60)
class JavaIoTest {
  private static final int BYTES = 1_000_000;

  /// Rounds of the stress test; more with `-Dhighwater.stress.rounds=`.
  private static final int ROUNDS = Integer.getInteger("highwater.stress.rounds", 1_500);

  @TempDir Path folder;

  @AfterEach
  void noThreadIsLeft() {
    Remains.await("the end of the run's threads", () -> Remains.threads().isEmpty());
  }

  /// An origin of the pattern in chunks of 10,000 bytes.
  private static Origin<ByteBuffer> pattern() {
    var bytes = Pattern.bytes(BYTES);
    return Generator.<ByteBuffer>of(
            out -> {
              for (int i = 0; i < BYTES; i += 10_000) out.put(ByteBuffer.wrap(bytes, i, 10_000));
            })
        .chunkAtMost(10_000);
  }

  private static byte[] read(Origin<ByteBuffer> origin) {
    var bytes = new ByteArrayOutputStream();
    Pipeline.from(origin)
        .to(
            Target.<ByteBuffer>forEach(
                chunk -> {
                  var piece = new byte[chunk.remaining()];
                  chunk.get(piece);
                  bytes.write(piece);
                }))
        .run();
    return bytes.toByteArray();
  }

  // ---------------------------------------------------------------- reading

  /// Counts its closes, and reads in odd ways.
  private static final class Odd extends ByteArrayInputStream {
    final AtomicInteger closes = new AtomicInteger();
    private int reads;

    Odd(int bytes) {
      super(Pattern.bytes(bytes));
    }

    @Override
    public synchronized int read(byte[] bytes, int offset, int length) {
      return reads++ % 3 == 0 ? 0 : super.read(bytes, offset, Math.min(length, 1 + reads % 1000));
    }

    @Override
    public void close() {
      closes.incrementAndGet();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aStreamIsOpenedForEachRunAndClosedOnce(CallThread kind) {
    var opened = new AtomicInteger();
    var stream = new CompletableFuture<Odd>();
    var origin =
        JavaIo.fromInputStream(
                () -> {
                  opened.incrementAndGet();
                  var made = new Odd(50_000);
                  stream.complete(made);
                  return made;
                })
            .on(kind)
            .chunk(1000);
    assertThat(read(origin)).isEqualTo(Pattern.bytes(50_000));
    assertThat(read(origin)).isEqualTo(Pattern.bytes(50_000));
    assertThat(opened).hasValue(2);
    assertThat(stream.join().closes).hasValue(1);
  }

  @Test
  void aLiveStreamHasOneRun() {
    var stream = new Odd(10);
    var origin = JavaIo.fromInputStream(stream).named("body");
    assertThat(read(origin)).hasSize(10);
    assertThatThrownBy(() -> read(origin))
        .isInstanceOf(PipelineException.class)
        .cause()
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "this live input stream has had its run (expected: one run; for several hand in what opens one, () -> …)");
    assertThat(stream.closes).hasValue(1);
  }

  @Test
  void anEarlyEndClosesIt() {
    var stream = new Odd(BYTES);
    var counted = new AtomicInteger();
    Pipeline.from(JavaIo.fromInputStream(stream).chunk(100))
        .take(2)
        .to(Target.forEach(chunk -> counted.incrementAndGet()))
        .run();
    assertThat(counted).hasValue(2);
    Remains.await("the close", () -> stream.closes.get() == 1);
  }

  @Test
  void failuresTellThePositionAndKeepTheirCause() {
    var boom = new IOException("the disk\nis gone");
    var failing =
        new InputStream() {
          private int given;

          @Override
          public int read() throws IOException {
            if (given++ == 7) throw boom;
            return 1;
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            bytes[offset] = (byte) read();
            return 1;
          }
        };
    assertThatThrownBy(() -> read(JavaIo.fromInputStream(failing).named("body")))
        .isInstanceOf(PipelineException.class)
        .cause()
        .hasMessage("cannot read body at byte 7: the disk (expected: an input that can be read to its end)")
        .hasCause(boom);
    var missing = new FileNotFoundException("missing");
    assertThatThrownBy(
            () ->
                read(
                    JavaIo.fromInputStream(
                        () -> {
                          throw missing;
                        })))
        .cause()
        .hasMessageStartingWith("cannot open input stream: missing")
        .hasCause(missing);
    var bug = new IllegalStateException("bug");
    assertThatThrownBy(
            () ->
                read(
                    JavaIo.fromInputStream(
                        () -> {
                          throw bug;
                        })))
        .cause()
        .isSameAs(bug);
  }

  @Test
  void aChannelIsReadFromItsPositionOn() throws IOException {
    var file = Files.write(folder.resolve("data"), Pattern.bytes(BYTES));
    var origin = JavaIo.fromChannel(() -> FileChannel.open(file).position(BYTES - 5));
    assertThat(read(origin)).hasSize(5);
    assertThatThrownBy(() -> read(origin.on(CallThread.VIRTUAL)))
        .cause()
        .hasMessageContaining("is a FileChannel on a virtual thread");
    var source = Pipe.open().source();
    source.configureBlocking(false);
    assertThatThrownBy(() -> read(JavaIo.fromChannel(source)))
        .cause()
        .hasMessageContaining("channel is in non-blocking mode (expected: configureBlocking(true)");
    assertThat(source.isOpen()).isFalse();
  }

  /// Its close does not wake a read, an interrupt does.
  @ParameterizedTest
  @EnumSource
  void aReadThatHeedsOnlyAnInterruptWakes(CallThread kind) throws Exception {
    var reading = new CountDownLatch(1);
    var in =
        new PipedInputStream() {
          @Override
          public synchronized int read(byte[] bytes, int offset, int length) throws IOException {
            reading.countDown();
            return super.read(bytes, offset, length);
          }
        };
    var out = new PipedOutputStream(in);
    var run = Pipeline.from(JavaIo.fromInputStream(in).on(kind)).to(Target.<ByteBuffer>forEach(chunk -> {})).start();
    reading.await();
    run.cancel("enough");
    assertThatThrownBy(run::join).isInstanceOf(CancelledException.class);
    assertThatThrownBy(() -> out.write(1)).hasMessage("Pipe closed");
  }

  /// It is held by a read that only its close wakes, and close waits for nothing.
  @Test
  void aReadThatHeedsOnlyACloseWakes() {
    var reading = new CountDownLatch(1);
    var closed = new CountDownLatch(1);
    var stream =
        new InputStream() {
          @Override
          public int read() throws IOException {
            reading.countDown();
            while (closed.getCount() > 0) Thread.onSpinWait();
            throw new IOException("closed");
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            return read();
          }

          @Override
          public void close() {
            closed.countDown();
          }
        };
    var run = Pipeline.from(JavaIo.fromInputStream(stream)).to(Target.<ByteBuffer>forEach(chunk -> {})).start();
    Remains.await("the read", () -> reading.getCount() == 0);
    run.cancel("enough");
    assertThatThrownBy(run::join).isInstanceOf(CancelledException.class);
  }

  /// A close that waits for the lock of the read under way does not keep the strand, and the interrupt frees both.
  @Test
  void aCloseThatWaitsForTheReadDoesNotKeepTheStrand() {
    var reading = new CountDownLatch(1);
    var closed = new CountDownLatch(1);
    var stream =
        new InputStream() {
          @Override
          public synchronized int read() throws IOException {
            reading.countDown();
            try {
              Thread.sleep(60_000);
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            return -1;
          }

          @Override
          public synchronized int read(byte[] bytes, int offset, int length) throws IOException {
            return read();
          }

          @Override
          public synchronized void close() {
            closed.countDown();
          }
        };
    var run = Pipeline.from(JavaIo.fromInputStream(stream)).to(Target.<ByteBuffer>forEach(chunk -> {})).start();
    Remains.await("the read", () -> reading.getCount() == 0);
    run.cancel("enough");
    assertThatThrownBy(run::join).isInstanceOf(CancelledException.class);
    assertThat(closed.getCount()).as("closed before the end was told").isZero();
  }

  // ---------------------------------------------------------------- writing

  /// Notes what becomes of it.
  private static final class Noted extends OutputStream {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    final List<String> log = new CopyOnWriteArrayList<>();
    @Nullable IOException closeFailure;
    boolean flushed = true;

    @Override
    public void write(int one) {
      bytes.write(one);
    }

    @Override
    public void write(byte[] from, int offset, int length) {
      bytes.write(from, offset, length);
      flushed = false;
    }

    @Override
    public void flush() {
      flushed = true;
    }

    @Override
    public void close() throws IOException {
      log.add(flushed ? "close" : "close unflushed");
      if (closeFailure != null) throw closeFailure;
    }

    void undo() {
      log.add("undo");
    }
  }

  private static IoTarget to(Noted output) {
    return JavaIo.toOutputStream(output, _ -> output.undo());
  }

  @Test
  void aStreamIsFlushedAndClosedOnceWhenAllHasSucceeded() {
    var output = new Noted();
    Pipeline.from(pattern()).to(to(output)).run();
    assertThat(output.bytes.toByteArray()).isEqualTo(Pattern.bytes(BYTES));
    assertThat(output.log).containsExactly("close");
  }

  @Test
  void aRunThatFailsUndoesItAndNeverClosesIt() {
    var output = new Noted();
    var boom = new IOException("boom");
    var failing =
        Generator.<ByteBuffer>of(
            out -> {
              out.put(ByteBuffer.wrap(Pattern.bytes(1000)));
              throw boom;
            });
    assertThatThrownBy(() -> Pipeline.from(failing).to(to(output)).run()).cause().isSameAs(boom);
    assertThat(output.log).containsExactly("undo");
  }

  @Test
  void aGzipStreamThatFailedHasNoTrailer() throws IOException {
    var file = folder.resolve("data.gz");
    var boom = new IOException("boom");
    var failing =
        Generator.<ByteBuffer>of(
            out -> {
              out.put(ByteBuffer.wrap(Pattern.bytes(100_000)));
              throw boom;
            });
    var raw = Files.newOutputStream(file);
    var target = JavaIo.toOutputStream(() -> new GZIPOutputStream(raw), _ -> raw.close());
    assertThatThrownBy(() -> Pipeline.from(failing).to(target).run()).cause().isSameAs(boom);
    assertThatThrownBy(
            () -> {
              try (var in = new GZIPInputStream(Files.newInputStream(file))) {
                var _ = in.readAllBytes();
              }
            })
        .as("what was written cannot be taken for whole")
        .isInstanceOf(IOException.class);
  }

  @Test
  void aCloseThatFailsFailsTheRunAndUndoes() {
    var output = new Noted();
    output.closeFailure = new IOException("no room");
    var failure = catchThrowable(() -> Pipeline.from(pattern()).to(to(output).named("upload")).run());
    assertThat(failure).isInstanceOf(PipelineException.class).hasMessageStartingWith("upload failed at byte 1,000,000");
    assertThat(failure.getCause())
        .hasMessage(
            "cannot write upload at byte 1000000: no room (expected: an output that takes every byte; this one was"
                + " undone)")
        .hasCause(output.closeFailure);
    assertThat(output.log).containsExactly("close", "undo");
  }

  @Test
  void aLiveTargetHasOneRunAndAnOpenedOneAny() throws IOException {
    var output = new Noted();
    var target = to(output);
    Pipeline.from(pattern()).to(target).run();
    assertThatThrownBy(() -> Pipeline.from(pattern()).to(target).run())
        .cause()
        .hasMessageStartingWith("this live output stream has had its run");
    var file = folder.resolve("copy");
    var again = JavaIo.toChannel(() -> FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
    for (int i = 0; i < 2; i++) {
      Pipeline.from(pattern()).to(again).run();
      assertThat(Files.readAllBytes(file)).isEqualTo(Pattern.bytes(BYTES));
    }
  }

  @Test
  void smallChunksGoOutWhileTheirSourceIsSlow() throws Exception {
    var pipe = new PipedInputStream(1 << 16);
    var out = new PipedOutputStream(pipe);
    var go = new CountDownLatch(1);
    var slow =
        Generator.<ByteBuffer>of(
            put -> {
              put.put(ByteBuffer.wrap(new byte[] {1, 2, 3}));
              go.await();
              put.put(ByteBuffer.wrap(new byte[] {4}));
            });
    var target = JavaIo.toOutputStream(() -> new BufferedOutputStream(out), OutputStream::close);
    var run = Pipeline.from(slow).to(target).start();
    assertThat(pipe.readNBytes(3)).containsExactly(1, 2, 3);
    go.countDown();
    assertThat(pipe.readAllBytes()).containsExactly(4);
    run.join();
  }

  /// Nobody reads: a write waits until it is undone or interrupted.
  @ParameterizedTest
  @EnumSource
  void aWriteThatWaitsWakes(CallThread kind) throws Exception {
    var in = new PipedInputStream(10);
    var undone = new CompletableFuture<Void>();
    var target = JavaIo.toOutputStream(new PipedOutputStream(in), _ -> undone.complete(null)).on(kind);
    var run = Pipeline.from(pattern()).to(target).start();
    assertThat(in.read()).isEqualTo(Pattern.at(0) & 0xff);
    run.cancel("enough");
    assertThatThrownBy(run::join).isInstanceOf(CancelledException.class);
    assertThat(undone).isCompleted();
  }

  /// Its undo waits for the lock of the write under way, so after a moment the write is interrupted all the same.
  @Test
  void anUndoThatWaitsForTheWriteDoesNotHang() {
    var writing = new CountDownLatch(1);
    var stream =
        new OutputStream() {
          boolean undone;

          @Override
          public synchronized void write(int one) throws IOException {
            writing.countDown();
            try {
              Thread.sleep(60_000);
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
          }

          synchronized void undo() {
            undone = true;
          }
        };
    var run = Pipeline.from(pattern()).to(JavaIo.toOutputStream(stream, _ -> stream.undo())).start();
    Remains.await("the write", () -> writing.getCount() == 0);
    run.cancel("enough");
    assertThatThrownBy(run::join).isInstanceOf(CancelledException.class);
    assertThat(stream.undone).as("undone before the end was told").isTrue();
  }

  /// Thousands of readers and writers that wait are let go at any moment, on both kinds of thread.
  @ParameterizedTest
  @EnumSource
  void whoeverWaitsAlwaysWakes(CallThread kind) throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    var random = new Random(seed);
    int rounds = kind == CallThread.VIRTUAL ? ROUNDS : ROUNDS / 3;
    for (int round = 0; round < rounds; round++) {
      var what = "seed " + seed + ", round " + round;
      boolean reads = random.nextBoolean();
      var pipe = Pipe.open();
      var undone = new CompletableFuture<Void>();
      var run =
          reads
              ? Pipeline.from(JavaIo.fromInputStream(() -> Channels.newInputStream(pipe.source())).on(kind))
                  .to(Target.<ByteBuffer>forEach(chunk -> {}))
                  .start()
              : Pipeline.from(pattern())
                  .to(
                      JavaIo.toOutputStream(
                              () -> Channels.newOutputStream(pipe.sink()),
                              stream -> {
                                undone.complete(null);
                                stream.close();
                              })
                          .on(kind))
                  .start();
      for (int spin = random.nextInt(20_000); spin > 0; spin--) Thread.onSpinWait();
      run.cancel("enough");
      var failure = catchThrowable(run::join);
      assertThat(failure).as(what).isInstanceOf(CancelledException.class);
      assertThat(failure.getSuppressed()).as(what).isEmpty();
      if (!reads) assertThat(undone.isDone() || pipe.sink().isOpen()).as(what).isTrue();
      pipe.source().close();
      pipe.sink().close();
    }
  }

  @Test
  void thePlanSaysHowTheyWork() {
    var plan =
        Pipeline.from(JavaIo.fromInputStream(InputStream::nullInputStream).named("body").chunk(1000))
            .to(JavaIo.toChannel(() -> Channels.newChannel(OutputStream.nullOutputStream())).named("disk"));
    assertThat(plan.bound().totalBytes()).hasValue(3 * 1000 + 3 * (64 << 10));
    assertThat(plan.explain())
        .startsWith("body ─▶ disk")
        .contains("two ahead, by a thread of its own")
        .contains("two buffers ahead, by a thread of its own, final when it is closed");
    assertThatThrownBy(() -> JavaIo.fromInputStream(InputStream::nullInputStream).chunk(0))
        .hasMessage("chunk: 0 (expected: 1 to 1073741824 bytes)");
  }
}
