package highwater.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;

import highwater.Done;
import highwater.Feed;
import highwater.ReadableStream;
import highwater.Sink;
import highwater.Source;
import highwater.StreamOptions;
import highwater.Streams;
import highwater.WritableStream;
import highwater.io.FileStreams;
import highwater.pipeline.Pipeline;
import highwater.strand.HandTurned;
import highwater.strand.Strand;
import highwater.strand.UnfinishedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/// The wrong ways of docs/mistakes.md beside the right ones, and what each costs: the document quotes this file.
///
/// Time is virtual, so each figure is the same on every machine; [#main] measures the two that are not of that kind.
enum Mistakes {
  DATA_LISTENER_IGNORES_WRITE("bytes queued at most, of 33,554,432", 33_554_432, 65_536) {
    @Override
    long cost(boolean right) {
      return mostQueued(512, right);
    }
  },
  PUSH_IN_A_LOOP("rows held at most, of 100,000", 100_000, 17) {
    @Override
    long cost(boolean right) {
      var rows = IntStream.range(0, 100_000).boxed().iterator();
      var most = new long[1];
      onStrand(
          () -> {
            var stream = right ? heedingPush(rows) : pushingInALoop(rows);
            stream.onData(
                _ -> {
                  most[0] = Math.max(most[0], stream.readableLength() + 1);
                  stream.pause();
                  Strand.current().after(1_000, stream::resume);
                });
          });
      return most[0];
    }
  },
  WRITES_IN_AN_ITERATION("rows queued at most, of 10,000", 10_000, 16) {
    @Override
    long cost(boolean right) {
      var sink = new SlowSink<Integer>();
      onStrand(
          () -> {
            var rows = rows(10_000);
            var table = sink.open(StreamOptions.objects().named("table"));
            if (right) rows.pipe(table);
            else forgettingWrites(rows, table);
          });
      return sink.mostQueued;
    }
  },
  PIPE_WITHOUT_ERRORS("streams still open at the end", 1, 0) {
    @Override
    long cost(boolean right) {
      var seen = new ArrayList<Throwable>();
      try {
        Strand.run(
            () -> {
              var rows = failingRows(1_000);
              var table = new SlowSink<Integer>().open(StreamOptions.objects().named("table"));
              if (right) tied(rows, table, seen);
              else piped(rows, table, seen);
            });
        return 0;
      } catch (UnfinishedException open) {
        return open.residents().size();
      }
    }
  },
  UNCORK_IN_THE_SAME_TICK("calls of the sink for 1,000 records of 3 chunks", 1_000, 100) {
    @Override
    long cost(boolean right) {
      var sink = new Batches();
      onStrand(
          () -> {
            var out = WritableStream.to(sink, StreamOptions.objects().withMark(64));
            for (int turn = 0; turn < 100; turn++) {
              Strand.current().post(() -> tenRecords(out, right));
            }
            Strand.current().after(1, out::end);
          });
      return sink.calls;
    }

    private static void tenRecords(WritableStream<String> out, boolean right) {
      for (int i = 0; i < 10; i++) {
        if (right) uncorkLater(out, "record " + i);
        else uncorkAtOnce(out, "record " + i);
      }
    }
  },
  ACKNOWLEDGING_TWICE("inserts under way at most, where one was meant", 500, 1) {
    @Override
    long cost(boolean right) {
      var table = new Table();
      onStrand(
          () -> {
            var sink = right ? acknowledgingOnce(table) : acknowledgingTwice(table);
            var stream = WritableStream.to(sink, StreamOptions.objects().named("table"));
            stream.onError(_ -> {});
            rows(1_000).pipe(stream);
          });
      return table.mostUnderWay;
    }
  },
  NEVER_ACKNOWLEDGING("rows taken, of 1,000", 501, 1_000) {
    @Override
    long cost(boolean right) {
      var table = new Table();
      var hand = new HandTurned(null);
      var opened = new ArrayList<WritableStream<Integer>>();
      hand.turn(
          () -> {
            var sink = right ? acknowledgingAlways(table) : acknowledgingSometimes(table);
            opened.add(WritableStream.to(sink, StreamOptions.objects().named("table")));
            rows(1_000).pipe(opened.getFirst());
          });
      hand.runUntilIdle();
      // Nothing will ever happen on this strand again.
      return table.asked;
    }
  },
  LISTENER_AND_ITERATION("rows that reach the table, of 1,000", 951, 1_000) {
    @Override
    long cost(boolean right) {
      var table = new ArrayList<Integer>();
      onStrand(
          () -> {
            var rows = rowsInTime(1_000);
            if (right) oneReader(rows, table);
            else listenerAndIteration(rows, table);
          });
      return table.size();
    }
  },
  DROPPED("sources released, of 100", 0, 100) {
    @Override
    long cost(boolean right) {
      var released = new int[1];
      onStrand(
          () -> {
            for (int i = 0; i < 100; i++) {
              if (right) readAndDestroyed(new Held(released));
              else readAndDropped(new Held(released));
            }
          });
      return released[0];
    }
  },
  CHANGING_A_BUFFER("lines that arrive as they were written, of 1,000", 0, 1_000) {
    @Override
    long cost(boolean right) {
      var arrived = new ArrayList<String>();
      onStrand(
          () -> {
            var out =
                WritableStream.to(
                    (ByteBuffer line, Done done) ->
                        Strand.current()
                            .after(
                                1_000,
                                () -> {
                                  arrived.add(US_ASCII.decode(line).toString());
                                  done.ok();
                                }),
                    StreamOptions.bytes());
            if (right) aBufferForEach(out, 1_000);
            else oneBufferForAll(out, 1_000);
          });
      return IntStream.range(0, 1_000).filter(i -> arrived.get(i).equals(line(i))).count();
    }
  },
  SWALLOWING_AN_ERROR("rows in a result that says it is whole, of 1,000", 500, 0) {
    @Override
    long cost(boolean right) {
      var whole = new int[1];
      var seen = new ArrayList<Throwable>();
      onStrand(
          () -> {
            var count = new int[1];
            var table = WritableStream.toConsumer((Integer _) -> count[0]++, StreamOptions.objects().named("table"));
            table.onFinish(() -> whole[0] = count[0]);
            var rows = failingRows(500);
            if (right) tied(rows, table, seen);
            else swallowing(rows, table);
          });
      return whole[0];
    }
  },
  FORGETTING_TO_RUN("bytes copied, of 5", 0, 5) {
    @Override
    long cost(boolean right) {
      try {
        var from = Files.writeString(Files.createTempFile("mistakes", ".txt"), "hello");
        var to = from.resolveSibling(from.getFileName() + ".copy");
        try {
          if (right) running(from, to);
          else forgettingToRun(from, to);
          return Files.exists(to) ? Files.size(to) : 0;
        } finally {
          Files.delete(from);
          Files.deleteIfExists(to);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  };

  private static final int CHUNK = 64 << 10;

  /// What is measured, and what comes out on every machine.
  final String measured;

  final long wrong;
  final long right;

  Mistakes(String measured, long wrong, long right) {
    this.measured = measured;
    this.wrong = wrong;
    this.right = right;
  }

  /// What the right way, or the wrong one, costs.
  abstract long cost(boolean right);

  // ---------------------------------------------------------------- a data listener that ignores write

  static void ignoringWrite(ReadableStream<ByteBuffer> source, WritableStream<ByteBuffer> target) {
    source.onData(
        chunk -> {
          var _ = target.write(chunk);
        });
    source.onEnd(target::end);
  }

  static void heedingWrite(ReadableStream<ByteBuffer> source, WritableStream<ByteBuffer> target) {
    source.onData(
        chunk -> {
          if (!target.write(chunk)) source.pause();
        });
    target.onDrain(source::resume);
    source.onEnd(target::end);
  }

  static long mostQueued(int chunks, boolean right) {
    var sink = new SlowSink<ByteBuffer>();
    onStrand(
        () -> {
          var left = new int[] {chunks};
          var source =
              ReadableStream.<ByteBuffer>from(
                  feed -> {
                    while (left[0]-- > 0) if (!feed.push(ByteBuffer.allocate(CHUNK))) return;
                    feed.end();
                  },
                  StreamOptions.bytes());
          var target = sink.open(StreamOptions.bytes().named("copy.bin"));
          if (right) heedingWrite(source, target);
          else ignoringWrite(source, target);
        });
    return sink.mostQueued;
  }

  // ---------------------------------------------------------------- push in a loop

  static ReadableStream<Integer> pushingInALoop(Iterator<Integer> rows) {
    return ReadableStream.from(
        feed -> {
          while (rows.hasNext()) feed.push(rows.next());
          feed.end();
        },
        StreamOptions.objects().named("rows"));
  }

  static ReadableStream<Integer> heedingPush(Iterator<Integer> rows) {
    return ReadableStream.from(
        feed -> {
          while (rows.hasNext()) if (!feed.push(rows.next())) return;
          feed.end();
        },
        StreamOptions.objects().named("rows"));
  }

  // ---------------------------------------------------------------- writes in an iteration

  static void forgettingWrites(ReadableStream<Integer> rows, WritableStream<Integer> table) {
    var _ =
        rows.forEach(
                row -> {
                  var _ = table.write(row);
                })
            .thenRun(table::end);
  }

  // ---------------------------------------------------------------- pipe without errors

  static void piped(ReadableStream<Integer> rows, WritableStream<Integer> table, List<Throwable> seen) {
    rows.pipe(table);
    rows.onError(seen::add);
  }

  static void tied(ReadableStream<Integer> rows, WritableStream<Integer> table, List<Throwable> seen) {
    Streams.pipeline(
        List.of(rows, table),
        error -> {
          if (error != null) seen.add(error);
        });
  }

  // ---------------------------------------------------------------- uncork in the same tick

  static void uncorkAtOnce(WritableStream<String> out, String record) {
    out.cork();
    var _ = out.write("BEGIN");
    var _ = out.write(record);
    var _ = out.write("END");
    out.uncork();
  }

  static void uncorkLater(WritableStream<String> out, String record) {
    out.cork();
    var _ = out.write("BEGIN");
    var _ = out.write(record);
    var _ = out.write("END");
    Strand.current().nextTick(out::uncork);
  }

  // ---------------------------------------------------------------- acknowledging twice

  static Sink<Integer> acknowledgingTwice(Table table) {
    return (row, done) -> {
      var insert = table.insert(row);
      var _ = insert.whenComplete(done);
      var _ = insert.thenRun(done::ok);
    };
  }

  static Sink<Integer> acknowledgingOnce(Table table) {
    return (row, done) -> {
      var _ = table.insert(row).whenComplete(done);
    };
  }

  // ---------------------------------------------------------------- never acknowledging

  static Sink<Integer> acknowledgingSometimes(Table table) {
    return (row, done) -> {
      if (table.isKnown(row)) return;
      var _ = table.insert(row).whenComplete(done);
    };
  }

  static Sink<Integer> acknowledgingAlways(Table table) {
    return (row, done) -> {
      if (table.isKnown(row)) {
        done.ok();
        return;
      }
      var _ = table.insert(row).whenComplete(done);
    };
  }

  // ---------------------------------------------------------------- listener and iteration

  static void listenerAndIteration(ReadableStream<Integer> rows, List<Integer> table) {
    var header = new ArrayList<Integer>();
    rows.onData(
        row -> {
          if (!header.isEmpty()) return;
          header.add(row);
          var _ =
              prepare(row)
                  .thenRun(
                      () -> {
                        table.addAll(header);
                        var _ = rows.forEach(table::add);
                      });
        });
  }

  static void oneReader(ReadableStream<Integer> rows, List<Integer> table) {
    var reader = rows.chunks(false);
    var _ =
        reader
            .next()
            .thenCompose(
                header ->
                    prepare(header)
                        .thenRun(
                            () -> {
                              table.add(header);
                              reader.close();
                              var _ = rows.forEach(table::add);
                            }));
  }

  private static CompletableFuture<Void> prepare(Integer header) {
    assert header != null : "rows have a header";
    var prepared = new CompletableFuture<Void>();
    Strand.current().after(TimeUnit.MILLISECONDS.toNanos(50), () -> prepared.complete(null));
    return prepared;
  }

  // ---------------------------------------------------------------- dropped

  static void readAndDropped(Held held) {
    var stream = ReadableStream.from(held, StreamOptions.objects().withAutoDestroy(false).named("cursor"));
    stream.onData(_ -> {});
  }

  static void readAndDestroyed(Held held) {
    var stream = ReadableStream.from(held, StreamOptions.objects().withAutoDestroy(false).named("cursor"));
    stream.onData(_ -> {});
    stream.onEnd(stream::destroy);
  }

  // ---------------------------------------------------------------- blocking the strand

  static WritableStream<Integer> blocking(SlowTable table) {
    return WritableStream.toConsumer(table::insert);
  }

  static WritableStream<Integer> elsewhere(SlowTable table, ExecutorService threads) {
    return WritableStream.toAsync(row -> CompletableFuture.runAsync(() -> table.insert(row), threads));
  }

  // ---------------------------------------------------------------- changing a buffer

  static void oneBufferForAll(WritableStream<ByteBuffer> out, int lines) {
    var buffer = ByteBuffer.allocate(16);
    for (int i = 0; i < lines; i++) {
      var _ = out.write(buffer.clear().put(line(i).getBytes(US_ASCII)).flip());
    }
    out.end();
  }

  static void aBufferForEach(WritableStream<ByteBuffer> out, int lines) {
    for (int i = 0; i < lines; i++) {
      var _ = out.write(ByteBuffer.wrap(line(i).getBytes(US_ASCII))); // small ones: below the mark together
    }
    out.end();
  }

  static String line(int number) {
    return "line %08d".formatted(number);
  }

  // ---------------------------------------------------------------- swallowing an error

  static void swallowing(ReadableStream<Integer> rows, WritableStream<Integer> table) {
    rows.pipe(table, false);
    rows.onError(_ -> {});
    rows.onClose(table::end);
  }

  // ---------------------------------------------------------------- forgetting to run

  static void forgettingToRun(Path from, Path to) {
    var _ = Pipeline.from(FileStreams.read(from)).to(FileStreams.write(to));
  }

  static void running(Path from, Path to) {
    Pipeline.from(FileStreams.read(from)).to(FileStreams.write(to)).run();
  }

  // ---------------------------------------------------------------- what they work on

  /// Runs `program` and all that comes of it, in virtual time.
  private static void onStrand(Runnable program) {
    var hand = new HandTurned(null);
    hand.turn(program);
    hand.runUntilIdle();
  }

  static ReadableStream<Integer> rows(int count) {
    return heedingPush(IntStream.range(0, count).boxed().iterator());
  }

  /// As many rows, and then a failure.
  static ReadableStream<Integer> failingRows(int count) {
    var next = new int[1];
    return ReadableStream.from(
        feed -> {
          if (next[0] == count) feed.fail(new IOException("connection reset"));
          else feed.push(next[0]++);
        },
        StreamOptions.objects().named("rows"));
  }

  /// A row each millisecond.
  static ReadableStream<Integer> rowsInTime(int count) {
    var next = new int[1];
    return ReadableStream.from(
        feed ->
            Strand.current()
                .after(
                    TimeUnit.MILLISECONDS.toNanos(1),
                    () -> {
                      if (next[0] == count) feed.end();
                      else feed.push(next[0]++);
                    }),
        StreamOptions.objects().named("rows"));
  }

  /// A sink that takes a millisecond for each chunk, and looks how much is queued.
  static final class SlowSink<T> implements Sink<T> {
    long mostQueued;
    private WritableStream<T> stream;

    WritableStream<T> open(StreamOptions options) {
      stream = WritableStream.to(this, options);
      return stream;
    }

    @Override
    public void write(T chunk, Done done) {
      Strand.current()
          .after(
              TimeUnit.MILLISECONDS.toNanos(1),
              () -> {
                mostQueued = Math.max(mostQueued, stream.writableLength());
                done.ok();
              });
    }
  }

  /// A sink that takes batches.
  static final class Batches implements Sink<String> {
    int calls;

    @Override
    public void write(String chunk, Done done) {
      calls++;
      done.ok();
    }

    @Override
    public void writeBatch(List<String> chunks, Done done) {
      calls++;
      done.ok();
    }
  }

  /// A table that takes a millisecond for each row.
  static final class Table {
    private final Map<Integer, Integer> rows = new HashMap<>();
    int asked;
    int underWay;
    int mostUnderWay;

    /// It knows the row in the middle already.
    boolean isKnown(Integer row) {
      asked++;
      return row == 500;
    }

    CompletionStage<Void> insert(Integer row) {
      var inserted = new CompletableFuture<Void>();
      mostUnderWay = Math.max(mostUnderWay, ++underWay);
      Strand.current()
          .after(
              TimeUnit.MILLISECONDS.toNanos(1),
              () -> {
                underWay--;
                rows.put(row, row);
                inserted.complete(null);
              });
      return inserted;
    }
  }

  /// What a cursor of a database holds until it is released.
  static final class Held implements Source<Integer> {
    private final int[] released;
    private int given;

    Held(int[] released) {
      this.released = released;
    }

    @Override
    public void read(Feed<Integer> feed) {
      if (given++ < 3) feed.push(given);
      else feed.end();
    }

    @Override
    public void destroy(Throwable error, Done done) {
      released[0]++;
      done.ok();
    }
  }

  /// A table whose insert blocks its thread for 20 ms.
  static final class SlowTable {
    void insert(Integer row) {
      try {
        TimeUnit.MILLISECONDS.sleep(20);
      } catch (InterruptedException e) {
        throw new IllegalStateException("interrupted at row " + row, e);
      }
    }
  }

  /// How late, in milliseconds, a timer of 1 ms was at most while 10 rows went into a table that blocks.
  static long latenessMillis(boolean right) {
    var latest = new long[1];
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Strand.run(
          () -> {
            var target = right ? elsewhere(new SlowTable(), threads) : blocking(new SlowTable());
            var over = new boolean[1];
            target.onFinish(() -> over[0] = true);
            tick(latest, over);
            rows(10).pipe(target);
          });
    }
    return TimeUnit.NANOSECONDS.toMillis(latest[0]);
  }

  private static void tick(long[] latest, boolean[] over) {
    long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1);
    Strand.current()
        .after(
            TimeUnit.MILLISECONDS.toNanos(1),
            () -> {
              latest[0] = Math.max(latest[0], System.nanoTime() - due);
              if (!over[0]) tick(latest, over);
            });
  }

  /// `costs` prints all costs; `copy right|wrong MIB` queues so much, in this heap; `lateness right|wrong` blocks.
  public static void main(String[] words) {
    switch (words[0]) {
      case "costs" -> {
        for (var mistake : values()) {
          System.out.printf(
              "%-28s %-50s wrong %,12d   right %,12d%n",
              mistake.name().toLowerCase(Locale.ROOT).replace('_', ' '),
              mistake.measured,
              mistake.cost(false),
              mistake.cost(true));
        }
      }
      case "copy" -> {
        long most = mostQueued(Integer.parseInt(words[2]) * 16, words[1].equals("right"));
        System.out.printf("%,d bytes queued at most%n", most);
      }
      case "lateness" ->
          System.out.printf("a timer of 1 ms is late by %d ms at most%n", latenessMillis(words[1].equals("right")));
      default -> throw new IllegalArgumentException(words[0] + " (expected: costs, copy or lateness)");
    }
  }
}
