package highwater.io;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.pipeline.Pipeline;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Whatever a writer and a rotator do to a followed file, in whatever order: every byte comes once, in the order of the writer,
/// as long as each file had the name for one look, and nothing is cut off unread.
@Timeout(120)
class FollowSchedulesTest {
  private static final int SCHEDULES = Integer.getInteger("schedules", 300);

  @TempDir Path directory;

  @AfterEach
  void nothingIsLeft() throws Exception {
    Traces.assertNone(directory);
  }

  @Test
  void everyByteComesOnceAndInOrder() throws Exception {
    for (int i = 0; i < SCHEDULES; i++) {
      long seed = Bytes.SEED + i;
      var folder = Files.createDirectory(directory.resolve("run-" + i));
      try (var schedule = new Schedule(folder, new Random(seed))) {
        schedule.play();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("-Dseed=" + seed + " -Dschedules=1", e);
      }
    }
  }

  /// One writer, one rotator, one reader whose gate opens and closes, and the time.
  private static final class Schedule implements AutoCloseable {
    private static final int STEPS = 80;

    /// The fewest bytes by which a file that was cut and written anew differs for certain.
    private static final int TELLING_BYTES = 8;

    private final Path log;
    private final Random random;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final ArrayList<String> played = new ArrayList<>();
    private final Follower follower;
    private FileChannel writer;
    private boolean gateOpen = true;
    private int rotated;
    private int behind;

    Schedule(Path folder, Random random) throws IOException {
      this.log = folder.resolve("app.log");
      this.random = random;
      boolean thereAtFirst = random.nextBoolean();
      if (thereAtFirst) Files.createFile(log);
      var origin = FileStreams.follow(log).awaitFile().chunk(1 + random.nextInt(200));
      follower = new Follower(random.nextBoolean() ? origin : origin.rest(Duration.ZERO));
      writer = open();
    }

    private FileChannel open() throws IOException {
      return FileChannel.open(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    void play() throws IOException {
      for (int step = 0; step < STEPS; step++) {
        switch (random.nextInt(12)) {
          case 0, 1, 2, 3 -> append();
          case 4, 5 -> pass();
          case 6 -> takeAway("rename");
          case 7 -> takeAway("delete");
          case 8 -> makeEmpty();
          case 9 -> reopen();
          case 10 -> cut();
          default -> turnGate();
        }
      }
      reopen();
      append();
      follower.gate(true);
      for (int i = 0; i <= behind + 1; i++) follower.pass(Follower.REST.plus(Follower.INTERVAL));
      if (follower.isOver()) throw new AssertionError("the run is over", follower.failure());
      assertThat(follower.bytes()).as("after %s", played).isEqualTo(written.toByteArray());
    }

    private void append() throws IOException {
      var bytes = new byte[1 + random.nextInt(300)];
      random.nextBytes(bytes);
      var buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) writer.write(buffer);
      written.writeBytes(bytes);
      played.add("append " + bytes.length);
    }

    private void pass() {
      long nanos = random.nextLong(random.nextBoolean() ? 3 * Follower.INTERVAL.toNanos() : Follower.REST.toNanos());
      follower.pass(Duration.ofNanos(nanos));
      played.add("pass " + nanos);
    }

    /// The file loses its name, which it has had for a look at least; the writer keeps it.
    private void takeAway(String how) throws IOException {
      if (!Files.exists(log) || ++behind == FollowOrigin.FILES_MAX) return;
      follower.look();
      if (how.equals("rename")) Files.move(log, log.resolveSibling("app.log." + ++rotated));
      else Files.delete(log);
      played.add(how);
    }

    /// A rotator makes the new file for a writer that does not know of it yet.
    private void makeEmpty() throws IOException {
      if (Files.exists(log)) return;
      Files.createFile(log);
      played.add("make");
    }

    private void reopen() throws IOException {
      writer.close();
      writer = open();
      played.add("reopen");
    }

    /// What was written is copied away and cut off, once it has been read.
    private void cut() throws IOException {
      if (!gateOpen || writer.size() < TELLING_BYTES) return;
      for (int i = 0; i <= behind + 1; i++) follower.pass(Follower.REST.plus(Follower.INTERVAL));
      writer.truncate(0);
      played.add("cut");
    }

    private void turnGate() {
      gateOpen = !gateOpen;
      follower.gate(gateOpen);
      played.add(gateOpen ? "gate open" : "gate shut");
    }

    @Override
    public void close() throws IOException {
      follower.close();
      writer.close();
    }
  }

  @Test
  void aRunBesideAWriterThatRotatesGetsEveryByte() throws Exception {
    var random = Bytes.random();
    var log = Files.createFile(directory.resolve("app.log"));
    var looked = new AtomicBoolean();
    var replaced = new Semaphore(0);
    var done = new AtomicBoolean();
    var written = new ByteArrayOutputStream();
    var failed = new AtomicReference<Throwable>();
    var origin =
        FileStreams.follow(log)
            .interval(Duration.ofMillis(1))
            .rest(Duration.ZERO)
            .chunk(1000)
            .endWhen(
                () -> {
                  // The first look: the first file is open.
                  if (!looked.getAndSet(true)) replaced.release();
                  return done.get();
                })
            .onChange(
                change -> {
                  if (change.kind() == FileChange.Kind.REPLACED) replaced.release();
                });
    var sink = new Bytes.Sink();
    var writer =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try {
                    writeAndRotate(log, random, replaced, written);
                  } catch (IOException | InterruptedException | AssertionError e) {
                    failed.set(e);
                  } finally {
                    done.set(true);
                  }
                });
    Pipeline.from(origin).to(sink).run();
    writer.join();
    assertThat(failed.get()).isNull();
    assertThat(sink.bytes.toByteArray()).isEqualTo(written.toByteArray());
  }

  private static void writeAndRotate(Path log, Random random, Semaphore replaced, ByteArrayOutputStream written)
      throws IOException, InterruptedException {
    for (int file = 0; file < 100; file++) {
      if (file > 0) Files.move(log, log.resolveSibling("app.log." + file));
      try (var channel = FileChannel.open(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
        for (int i = 0; i < 50; i++) {
          var bytes = new byte[random.nextInt(3000)];
          random.nextBytes(bytes);
          written.writeBytes(bytes);
          channel.write(ByteBuffer.wrap(bytes));
        }
      }
      // Until it was opened under its name: a rotation before that would lose it.
      if (!replaced.tryAcquire(30, TimeUnit.SECONDS)) throw new AssertionError("file " + file + " was not found");
    }
  }
}
