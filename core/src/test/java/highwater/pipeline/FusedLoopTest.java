package highwater.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import highwater.StreamOptions;
import highwater.memory.Budget;
import java.io.IOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FusedLoopTest {
  @Test
  void everyByteArrivesInOrderThroughLentBuffers() {
    for (int waitEvery : new int[] {0, 1000, 5, 3, 2}) {
      var rig = new Rig(50, 300);
      rig.waitEvery = waitEvery;
      var report = rig.pipeline().run();
      assertThat(rig.receivedBytes).isEqualTo(rig.totalBytes());
      assertThat(report.bytesOut()).isEqualTo(rig.totalBytes());
      rig.checkAllClosedOnce();
    }
  }

  @Test
  void theLoopIsLongerThanWhatC2Inlines() throws IOException {
    int freqInlineSize = 325;
    try (var in = FusedLoop.class.getResourceAsStream("FusedLoop.class")) {
      assertThat(in).isNotNull();
      var move =
          ClassFile.of().parse(in.readAllBytes()).methods().stream()
              .filter(method -> method.methodName().equalsString("move"))
              .findFirst()
              .orElseThrow();
      int length = move.findAttribute(Attributes.code()).orElseThrow().codeLength();
      // Where it is inlined, C2 takes tens of megabytes to compile whatever runs turns (decision 0041).
      assertThat(length).isGreaterThan(freqInlineSize);
    }
  }

  @Test
  void partsAreOpenedCommittedAndClosedFromTheFirstToTheLast() {
    var rig = new Rig(2, 10);
    rig.pipeline().run();
    assertThat(rig.log)
        .containsExactly(
            "open numbers",
            "open cut",
            "open look",
            "open check",
            "commit numbers",
            "commit cut",
            "commit look",
            "commit check",
            "close numbers",
            "close cut",
            "close look",
            "close check");
  }

  @Test
  void aPartThatCannotOpenIsAbortedAndClosedAndThoseBehindItAreNeverMade() {
    var rig = new Rig(2, 10);
    rig.failAt = 2;
    assertThatThrownBy(() -> rig.pipeline().run())
        .hasMessage("cut failed at byte 0: boom in cut.open")
        .hasCause(rig.thrown);
    assertThat(rig.log)
        .containsExactly("open numbers", "open cut", "abort numbers", "abort cut", "close numbers", "close cut");
  }

  @Test
  void aCommitThatThrowsAbortsItsPartAndThoseBehind() {
    var rig = new Rig(1, 10);
    var target =
        new Objects("fails") {
          @Override
          public void commit() throws IOException {
            throw new IOException("no rename");
          }
        };
    var error = catchThrowable(() -> Pipeline.from(rig.origin()).through(rig.cut()).to(target).run());
    assertThat(error).hasMessage("fails failed at byte 10: no rename").hasCauseInstanceOf(IOException.class);
    assertThat(rig.log)
        .as("those that are final already are only closed")
        .endsWith("commit numbers", "commit cut", "close numbers", "close cut");
    assertThat(target.log).containsExactly("open", "abort no rename", "close");
  }

  @Test
  void aStageThatIsDoneEarlyEndsThoseBeforeItAndTheRunSucceeds() {
    var rig = new Rig(1000, 10);
    var head =
        new Objects("head") {
          private int taken;

          @Override
          public Progress poll() {
            return taken == 3 ? Progress.DONE : Progress.HUNGRY;
          }

          @Override
          public void offer(ByteBuffer chunk) {
            taken++;
          }
        };
    var report = Pipeline.from(rig.origin()).to(head).run();
    assertThat(report.bytesOut()).isEqualTo(30);
    assertThat(rig.log).as("it has no result").containsExactly("open numbers", "abort numbers", "close numbers");
    assertThat(head.log).containsExactly("open", "commit", "close");
  }

  @Test
  void theFailureNamesTheStageAndThePositionItHadReached() {
    var rig = new Rig(10, 100);
    var half =
        new Objects("half") {
          private long used;

          @Override
          public void offer(ByteBuffer chunk) throws IOException {
            while (chunk.hasRemaining()) {
              if (used++ == 250) throw new IOException("bad byte");
              chunk.get();
            }
          }
        };
    assertThatThrownBy(() -> Pipeline.from(rig.origin()).to(half).run())
        .isInstanceOfSatisfying(
            PipelineException.class,
            error -> {
              assertThat(error.stage()).isEqualTo("half");
              assertThat(error.positionBytes()).isEqualTo(250);
              assertThat(error).hasMessage("half failed at byte 250: bad byte");
            });
  }

  @Test
  void whatFailsLaterIsSuppressed() {
    var rig = new Rig(10, 100);
    rig.failAt = 8;
    var late =
        new Objects("late") {
          @Override
          public void abort(Throwable cause) {
            throw new IllegalStateException("abort failed too");
          }

          @Override
          public void close() throws IOException {
            throw new IOException("close failed too");
          }
        };
    var error = catchThrowable(() -> Pipeline.from(rig.origin()).to(late).run());
    assertThat(error).hasCause(rig.thrown);
    assertThat(error.getSuppressed())
        .extracting(Throwable::getMessage)
        .containsExactly("abort failed too", "close failed too");
    rig.checkAllClosedOnce();
  }

  @Test
  void aCloseThatFailsAloneFailsTheRun() {
    var bad =
        new Objects("bad") {
          @Override
          public void close() throws IOException {
            throw new IOException("not on the disk");
          }
        };
    assertThatThrownBy(() -> Pipeline.from(new Rig(1, 10).origin()).to(bad).run())
        .hasMessage("bad failed at byte 10: not on the disk");
  }

  @Test
  void aBrokenRuleIsNamed() {
    var greedy =
        new Objects("greedy") {
          @Override
          public void finish() {}
        };
    assertThatThrownBy(() -> Pipeline.from(new Rig(1, 10).origin()).to(greedy).run())
        .hasMessageContaining("the part of greedy broke a rule: HUNGRY after finish()");
  }

  @Test
  void aVirtualMachineErrorIsThrownAsItIsAfterEverythingIsClosed() {
    var rig = new Rig(10, 100);
    var fatal = new OutOfMemoryError("as if");
    var dying =
        new Objects("dying") {
          @Override
          public void offer(ByteBuffer chunk) {
            throw fatal;
          }
        };
    assertThatThrownBy(() -> Pipeline.from(rig.origin()).to(dying).run()).isSameAs(fatal);
    assertThat(rig.log).containsExactly("open numbers", "abort numbers", "close numbers");
    assertThat(dying.log).containsExactly("open", "abort as if", "close");
  }

  @Test
  void aWakeMayComeFromAnyThreadAndAsOftenAsItLikes() {
    var woken = new AtomicReference<@Nullable Thread>();
    var slow =
        new Objects("slow") {
          private boolean ready;

          @Override
          public Progress poll() {
            if (ready) return super.poll();
            var context = context();
            woken.set(
                Thread.ofVirtual()
                    .start(
                        () -> {
                          ready = true;
                          for (int i = 0; i < 100; i++) context.wake();
                        }));
            return Progress.WAITING;
          }
        };
    var report = Pipeline.from(new Rig(3, 10).origin()).to(slow).run();
    assertThat(report.bytesOut()).isEqualTo(30);
    assertThat(woken.get()).isNotNull();
  }

  @Test
  void surplusThatAPartKeepsIsGivenBackAndReported() {
    var budget = Budget.of(1000);
    var leaky =
        new Objects("leaky") {
          @Override
          public void open(PartContext context) {
            super.open(context);
            assertThat(context.budget().trySurplus(100)).isTrue();
          }
        };
    assertThatThrownBy(() -> Pipeline.from(new Rig(1, 10).origin()).to(leaky).withBudget(budget).run())
        .hasMessageContaining("leaky was closed and kept 100 bytes of the budget");
    assertThat(budget.usedBytes()).isZero();
    assertThat(budget.peakBytes()).as("10 for the origin's buffer").isEqualTo(110);
  }

  @Test
  void theTimesOfEachStageSumToTheLifeOfTheRun() {
    var rig = new Rig(500, 1000);
    var report = rig.pipeline().run();
    for (var stage : report.stages()) {
      assertThat(stage.busyNanos() + stage.starvedNanos() + stage.blockedNanos()).isEqualTo(report.elapsed().toNanos());
      assertThat(stage.busyNanos()).isNotNegative();
      assertThat(stage.blockedNanos()).isNotNegative();
    }
    assertThat(report.stages().getFirst().starvedNanos()).isZero();
    assertThat(report.stages().getLast().blockedNanos()).isZero();
    assertThat(report.stages().get(1).chunksIn()).isEqualTo(500);
    assertThat(report.stages().get(1).chunksOut()).isEqualTo(1000);
  }

  @Test
  void objectsArePulledThroughAFunction() {
    var seen = new ArrayList<Object>();
    var numbers = new Listed<>(List.of(1, 2, 3));
    var doubled = Stage.<Integer, Integer>map("double", n -> n * 2);
    Pipeline.from(numbers).through(doubled).to(new Collected<>(seen)).run();
    assertThat(seen).containsExactly(2, 4, 6);
    var nothing = Stage.<Integer, Integer>map("nothing", n -> null);
    assertThatThrownBy(() -> Pipeline.from(numbers).through(nothing).to(new Collected<>(seen)).run())
        .hasMessageContaining("nothing failed at byte 0: the function made null");
  }

  @Test
  void theKernelCopiesBetweenTwoFilesAndTheLoopFindsTheEnd(@TempDir Path folder) throws Exception {
    var data = new byte[(int) KernelCopy.SLICE_BYTES * 2 + 12345];
    for (int i = 0; i < data.length; i++) data[i] = Rig.byteAt(i);
    var from = Files.write(folder.resolve("from"), data);
    var to = folder.resolve("to");
    var report = Pipeline.from(new FileNumbers(from)).to(new FileCheck(to)).run();
    assertThat(Files.readAllBytes(to)).isEqualTo(data);
    assertThat(report.bytesOut()).isEqualTo(data.length);
    assertThat(report.stages().getFirst().chunksOut()).as("slices").isEqualTo(3);
  }

  /// A target that takes everything; tests override what they want to go wrong.
  private static class Objects implements PullTarget<ByteBuffer>, Put<ByteBuffer> {
    final List<String> log = new ArrayList<>();
    private final String name;
    private boolean finished;
    private @Nullable PartContext context;

    Objects(String name) {
      this.name = name;
    }

    PartContext context() {
      if (context == null) throw new AssertionError("not open");
      return context;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of("a test's", 0);
    }

    @Override
    public Put<ByteBuffer> put() {
      return this;
    }

    @Override
    public void open(PartContext context) {
      this.context = context;
      log.add("open");
    }

    @Override
    public Progress poll() {
      return finished ? Progress.DONE : Progress.HUNGRY;
    }

    @Override
    public void offer(ByteBuffer chunk) throws IOException {
      chunk.position(chunk.limit());
    }

    @Override
    public void finish() {
      finished = true;
    }

    @Override
    public void commit() throws IOException {
      log.add("commit");
    }

    @Override
    public void abort(Throwable cause) {
      log.add("abort " + cause.getMessage());
    }

    @Override
    public void close() throws IOException {
      log.add("close");
    }
  }

  private record Listed<T>(List<T> items) implements PullOrigin<T> {
    @Override
    public String name() {
      return "list";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.unknown("objects");
    }

    @Override
    public StreamOptions streamOptions() {
      return StreamOptions.objects();
    }

    @Override
    public Pull<T> pull() {
      var left = items.iterator();
      return new Pull<>() {
        @Override
        public Progress poll() {
          return left.hasNext() ? Progress.READY : Progress.DONE;
        }

        @Override
        public T next() {
          return left.next();
        }
      };
    }
  }

  private record Collected<T>(List<? super T> seen) implements PullTarget<T> {
    @Override
    public String name() {
      return "collect";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of("a list", 0);
    }

    @Override
    public Put<T> put() {
      return new Put<>() {
        private boolean finished;

        @Override
        public Progress poll() {
          return finished ? Progress.DONE : Progress.HUNGRY;
        }

        @Override
        public void offer(T chunk) {
          seen.add(chunk);
        }

        @Override
        public void finish() {
          finished = true;
        }
      };
    }
  }

  /// A file that only the kernel can read: pulling says that it is over.
  private record FileNumbers(Path path) implements PullOrigin<ByteBuffer> {
    @Override
    public String name() {
      return "from";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of("a file", 10);
    }

    @Override
    public Pull<ByteBuffer> pull() {
      return new KernelPull(path);
    }
  }

  private static final class KernelPull implements Pull<ByteBuffer>, KernelSource {
    private final Path path;
    private @Nullable FileChannel channel;
    private long position;

    KernelPull(Path path) {
      this.path = path;
    }

    @Override
    public void open(PartContext context) throws IOException {
      channel = FileChannel.open(path);
    }

    @Override
    public long transferTo(FileChannel target, long bytesMax) throws IOException {
      assertThat(channel).isNotNull();
      long moved = channel.transferTo(position, bytesMax, target);
      position += moved;
      return moved;
    }

    @Override
    public Progress poll() {
      return Progress.DONE;
    }

    @Override
    public ByteBuffer next() {
      throw new AssertionError("never READY");
    }

    @Override
    public void close() throws IOException {
      if (channel != null) channel.close();
    }
  }

  private record FileCheck(Path path) implements PullTarget<ByteBuffer> {
    @Override
    public String name() {
      return "to";
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return Footprint.of("a file", 0);
    }

    @Override
    public Put<ByteBuffer> put() {
      return new KernelPut(path);
    }
  }

  private static final class KernelPut extends Objects implements KernelSink {
    private final Path path;
    private @Nullable FileChannel channel;

    KernelPut(Path path) {
      super("to");
      this.path = path;
    }

    @Override
    public void open(PartContext context) {
      super.open(context);
      try {
        channel = FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public @Nullable FileChannel transferTarget() {
      return channel;
    }

    @Override
    public void transferred(long bytes) throws IOException {
      assertThat(channel).isNotNull();
      assertThat(channel.position()).isEqualTo(channel.size());
    }

    @Override
    public void close() throws IOException {
      if (channel != null) channel.close();
    }
  }
}
