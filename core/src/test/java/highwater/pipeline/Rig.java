package highwater.pipeline;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// Recipes whose parts count their calls, check that the rules of [Part] are kept towards them, and fail when told.
///
/// The origin gives a sequence in which every byte tells its position, always in the same buffer; the target looks at a
/// chunk only when it gives it back. So a chunk that is lent too long or too briefly shows.
final class Rig {
  /// What `failAt` throws; checked, so that it must travel as a cause.
  static final class Boom extends IOException {
    private static final long serialVersionUID = 1L;

    Boom(String where) {
      super("boom in " + where);
    }
  }

  final int chunks;
  final int chunkBytes;

  /// The number of the call that throws; and a second one, for what goes wrong while the first is being undone.
  int failAt = Integer.MAX_VALUE;

  int failAgainAt = Integer.MAX_VALUE;

  /// Told of every call before it is made.
  IntConsumer onCall = call -> {};

  /// Every so many polls (2 or more, 0 for never) a part says WAITING, and wakes itself.
  int waitEvery = 3;

  int calls;
  final List<String> log = new ArrayList<>();
  final List<Piece> pieces = new ArrayList<>();
  @Nullable Throwable thrown;
  long receivedBytes;

  Rig(int chunks, int chunkBytes) {
    this.chunks = chunks;
    this.chunkBytes = chunkBytes;
  }

  Pipeline pipeline() {
    return Pipeline.from(origin()).through(cut()).through(look()).to(target());
  }

  Origin<ByteBuffer> origin() {
    return new TestOrigin();
  }

  /// Copies, and gives its output in pieces smaller than the input.
  Stage<ByteBuffer, ByteBuffer> cut() {
    return new TestStage("cut", false);
  }

  /// Passes each chunk on.
  Stage<ByteBuffer, ByteBuffer> look() {
    return new TestStage("look", true);
  }

  Target<ByteBuffer> target() {
    return new TestTarget();
  }

  long totalBytes() {
    return (long) chunks * chunkBytes;
  }

  /// What holds after every run, however it went.
  void checkAllClosedOnce() {
    for (var piece : pieces) {
      require(piece.opens <= 1, piece.name, "opened " + piece.opens + " times");
      require(piece.closes == piece.opens, piece.name, "opened, and closed " + piece.closes + " times");
      require(piece.commits <= 1 && piece.aborts <= 1, piece.name, "ended twice");
    }
  }

  /// Plain, as it stands in every call: AssertJ would take most of a test's time.
  private static void require(boolean holds, String name, String otherwise) {
    if (!holds) throw new AssertionError(name + " was " + otherwise);
  }

  private void call(String where) throws IOException {
    calls++;
    onCall.accept(calls);
    if (calls == failAt || calls == failAgainAt) {
      var boom = new Boom(where);
      if (thrown == null) thrown = boom;
      throw boom;
    }
  }

  static byte byteAt(long position) {
    return (byte) (position % 251);
  }

  /// One live part, and how it was used.
  class Piece implements Part {
    final String name;
    int opens;
    int commits;
    int aborts;
    int closes;
    private int polls;
    private @Nullable PartContext context;

    Piece(String name) {
      this.name = name;
      pieces.add(this);
    }

    @Override
    public void open(PartContext context) throws Exception {
      this.context = context;
      opens++;
      log.add("open " + name);
      call(name + ".open");
    }

    @Override
    public Progress poll() throws Exception {
      require(opens == 1 && commits + aborts + closes == 0, name, "polled while it was not open");
      call(name + ".poll");
      if (waitEvery > 0 && ++polls % waitEvery == 0) {
        Objects.requireNonNull(context).wake();
        return Progress.WAITING;
      }
      return look();
    }

    Progress look() throws Exception {
      return Progress.DONE;
    }

    @Override
    public void commit() throws Exception {
      commits++;
      log.add("commit " + name);
      call(name + ".commit");
    }

    @Override
    public void abort(Throwable cause) {
      aborts++;
      log.add("abort " + name);
    }

    @Override
    public void close() throws Exception {
      require(opens == 1, name, "closed without having been opened");
      closes++;
      log.add("close " + name);
      call(name + ".close");
    }

    @Override
    public String waitsFor() {
      return "the next turn";
    }
  }

  private final class TestOrigin implements PullOrigin<ByteBuffer> {
    @Override
    public String name() {
      return "numbers";
    }

    @Override
    public Footprint footprint(long inputMaxBytes) {
      return Footprint.of("one buffer", chunkBytes, Term.of("read", 1, chunkBytes));
    }

    @Override
    public Pull<ByteBuffer> pull() {
      return new TestPull();
    }
  }

  private final class TestPull extends Piece implements Pull<ByteBuffer> {
    private final ByteBuffer buffer = ByteBuffer.allocate(chunkBytes);
    private int given;
    private long position;

    TestPull() {
      super("numbers");
    }

    @Override
    Progress look() {
      if (given == chunks) return Progress.DONE;
      buffer.clear();
      while (buffer.hasRemaining()) buffer.put(byteAt(position++));
      buffer.flip();
      return Progress.READY;
    }

    @Override
    public ByteBuffer next() {
      given++;
      return buffer;
    }
  }

  private final class TestStage implements PullStage<ByteBuffer, ByteBuffer> {
    private final String name;
    private final boolean passesOn;

    TestStage(String name, boolean passesOn) {
      this.name = name;
      this.passesOn = passesOn;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public boolean passesOn() {
      return passesOn;
    }

    @Override
    public Footprint footprint(long inputMaxBytes) {
      return passesOn
          ? Footprint.of("looks", inputMaxBytes)
          : Footprint.of("cuts", chunkBytes, Term.of(name, 1, chunkBytes));
    }

    @Override
    public Step<ByteBuffer, ByteBuffer> step() {
      return passesOn ? new LookStep(name) : new CutStep(name);
    }
  }

  private final class CutStep extends Piece implements Step<ByteBuffer, ByteBuffer> {
    private final ByteBuffer output = ByteBuffer.allocate(chunkBytes);
    private @Nullable ByteBuffer input;
    private boolean finished;

    CutStep(String name) {
      super(name);
    }

    @Override
    Progress look() {
      var in = input;
      if (in == null) return finished ? Progress.DONE : Progress.HUNGRY;
      if (!in.hasRemaining()) {
        input = null;
        return Progress.HUNGRY;
      }
      output.clear();
      while (in.hasRemaining() && output.position() < Math.max(1, chunkBytes * 2 / 3)) output.put(in.get());
      output.flip();
      return Progress.READY;
    }

    @Override
    public ByteBuffer next() {
      return output;
    }

    @Override
    public void offer(ByteBuffer chunk) throws Exception {
      require(input == null, name, "offered a chunk while it was not HUNGRY");
      call(name + ".offer");
      input = chunk;
    }

    @Override
    public void finish() throws Exception {
      require(!finished, name, "finished twice");
      finished = true;
      call(name + ".finish");
    }
  }

  private final class LookStep extends Piece implements Step<ByteBuffer, ByteBuffer> {
    private @Nullable ByteBuffer chunk;
    private boolean finished;

    LookStep(String name) {
      super(name);
    }

    @Override
    Progress look() {
      return chunk != null ? Progress.READY : finished ? Progress.DONE : Progress.HUNGRY;
    }

    @Override
    public ByteBuffer next() {
      var passed = Objects.requireNonNull(chunk);
      chunk = null;
      return passed;
    }

    @Override
    public void offer(ByteBuffer offered) throws Exception {
      require(chunk == null, name, "offered a chunk while it was not HUNGRY");
      call(name + ".offer");
      chunk = offered;
    }

    @Override
    public void finish() throws Exception {
      finished = true;
      call(name + ".finish");
    }
  }

  private final class TestTarget implements PullTarget<ByteBuffer> {
    @Override
    public String name() {
      return "check";
    }

    @Override
    public Footprint footprint(long inputMaxBytes) {
      return Footprint.of("compares", 0);
    }

    @Override
    public Put<ByteBuffer> put() {
      return new TestPut();
    }
  }

  private final class TestPut extends Piece implements Put<ByteBuffer> {
    private @Nullable ByteBuffer chunk;
    private boolean finished;

    TestPut() {
      super("check");
    }

    @Override
    Progress look() {
      if (chunk != null) {
        for (; chunk.hasRemaining(); receivedBytes++) {
          if (chunk.get() != byteAt(receivedBytes)) throw new AssertionError("wrong byte at " + receivedBytes);
        }
        chunk = null;
      }
      return finished ? Progress.DONE : Progress.HUNGRY;
    }

    @Override
    public void offer(ByteBuffer offered) throws Exception {
      require(chunk == null, name, "offered a chunk while it was not HUNGRY");
      call("check.offer");
      chunk = offered;
    }

    @Override
    public void finish() throws Exception {
      finished = true;
      call("check.finish");
    }
  }
}
