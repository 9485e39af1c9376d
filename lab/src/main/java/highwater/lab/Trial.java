package highwater.lab;

import highwater.Done;
import highwater.DuplexStream;
import highwater.Feed;
import highwater.ReadableStream;
import highwater.Sink;
import highwater.Source;
import highwater.StreamOptions;
import highwater.WritableStream;
import highwater.codec.Gzip;
import highwater.strand.Strand;
import highwater.strand.Timer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// One trial, in a JVM of its own: a file through gzip into another, with the answer of `write` respected or ignored.
///
/// The reader gives at most `readRate` bytes a second and the sink takes at most `sinkRate`, as two disks might; gzip between
/// them is the library's, and so are the three streams with their marks of 64 KiB. The two manners differ in one line, marked
/// below. What it finds goes to stdout as lines of words: `at NANOS BUFFERED` four times a second, `KEY VALUE` at the end.
final class Trial {
  /// What one read may give: the mark of a byte stream.
  private static final int CHUNK_BYTES = (int) StreamOptions.BYTE_MARK;

  /// After a rest the reader catches up no more than this: a disk cannot give later what it did not read in time.
  private static final long READ_BURST_BYTES = 1 << 20;

  /// The sink catches up for so long, as a disk does behind the system's cache.
  private static final long SINK_BURST_SECONDS = 4;

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final Manner manner;
  private final long beganNanos = System.nanoTime();
  private long peakBytes;
  private long falseAnswers;
  private long drains;
  private long readNanos;
  private long finishedNanos;

  private Trial(Manner manner) {
    this.manner = manner;
  }

  /// Runs one: `MANNER INPUT OUTPUT READ_RATE SINK_RATE LEVEL BYTES`, rates in bytes a second, 0 for as fast as it goes, and
  /// how much of the input is read.
  public static void main(String[] words) {
    var input = Path.of(words[1]);
    var output = Path.of(words[2]);
    var trial = new Trial(Manner.valueOf(words[0]));
    var reader = new PacedReader(input, Long.parseLong(words[3]), Long.parseLong(words[6]));
    var writer = new PacedWriter(output, Long.parseLong(words[4]));
    Strand.run(() -> trial.run(reader, Gzip.compress().level(Integer.parseInt(words[5])).open(), writer));
    trial.tell(reader.bytes, writer);
  }

  private void run(PacedReader reader, DuplexStream<ByteBuffer, ByteBuffer> gzip, PacedWriter writer) {
    ReadableStream<ByteBuffer> source = ReadableStream.from(reader, StreamOptions.bytes());
    WritableStream<ByteBuffer> sink = WritableStream.to(writer, StreamOptions.bytes());
    var looking = new Looking(gzip);
    var _ =
        source.onData(
            chunk -> {
              boolean goOn = gzip.write(chunk);
              peakBytes = Math.max(peakBytes, gzip.writableLength());
              if (!goOn) falseAnswers++;
              // The one line in which the two differ.
              if (!goOn && manner == Manner.HONEST) source.pause();
            });
    var _ =
        gzip.onDrain(
            () -> {
              drains++;
              source.resume();
            });
    var _ =
        source.onEnd(
            () -> {
              readNanos = System.nanoTime() - beganNanos;
              gzip.end();
            });
    var _ = gzip.pipe(sink);
    var _ =
        sink.onFinish(
            () -> {
              finishedNanos = System.nanoTime() - beganNanos;
              looking.stop();
            });
    looking.look();
  }

  private void tell(long bytesIn, PacedWriter writer) {
    System.out.println("read " + readNanos);
    System.out.println("finished " + finishedNanos);
    System.out.println("bytesIn " + bytesIn);
    System.out.println("bytesOut " + writer.bytes);
    System.out.println("crc " + writer.crc.getValue());
    System.out.println("peakBuffered " + peakBytes);
    System.out.println("falseAnswers " + falseAnswers);
    System.out.println("drains " + drains);
    System.out.print(Proc.own());
  }

  /// Says four times a second what the stream before gzip holds.
  private final class Looking {
    private final DuplexStream<ByteBuffer, ByteBuffer> gzip;
    private final Strand strand = Strand.current();
    private @Nullable Timer timer;

    Looking(DuplexStream<ByteBuffer, ByteBuffer> gzip) {
      this.gzip = gzip;
    }

    void look() {
      System.out.println("at " + (System.nanoTime() - beganNanos) + " " + gzip.writableLength());
      timer = strand.after(LOOK_NANOS, this::look);
    }

    void stop() {
      if (timer != null) timer.cancel();
    }
  }

  /// A file that is read no faster than a rate, into new buffers of the heap.
  private static final class PacedReader implements Source<ByteBuffer> {
    private final Path path;
    private final long rate;
    private final long limitBytes;
    private @Nullable FileChannel file;
    private @Nullable Pace pace;
    private long bytes;

    PacedReader(Path path, long rate, long limitBytes) {
      this.path = path;
      this.rate = rate;
      this.limitBytes = limitBytes;
    }

    @Override
    public void read(Feed<ByteBuffer> feed) throws IOException {
      var strand = Strand.current();
      if (file == null) {
        file = FileChannel.open(path, StandardOpenOption.READ);
        if (rate > 0) pace = new Pace(rate, READ_BURST_BYTES, strand.nanoTime());
      }
      var chunk = ByteBuffer.allocate((int) Math.min(CHUNK_BYTES, limitBytes - bytes));
      int read = chunk.hasRemaining() ? file.read(chunk) : -1;
      if (read < 0) {
        feed.end();
        return;
      }
      bytes += read;
      chunk.flip();
      long waitNanos = pace == null ? 0 : pace.take(read, strand.nanoTime());
      if (waitNanos == 0) {
        boolean _ = feed.push(chunk);
      } else {
        var _ =
            strand.after(
                waitNanos,
                () -> {
                  boolean _ = feed.push(chunk);
                });
      }
    }

    @Override
    public void destroy(@Nullable Throwable error, Done done) throws IOException {
      if (file != null) file.close();
      done.ok();
    }
  }

  /// A file that takes no more than a rate.
  private static final class PacedWriter implements Sink<ByteBuffer> {
    private final Path path;
    private final long rate;
    private final CRC32 crc = new CRC32();
    private @Nullable FileChannel file;
    private @Nullable Pace pace;
    private long bytes;

    PacedWriter(Path path, long rate) {
      this.path = path;
      this.rate = rate;
    }

    @Override
    public void write(ByteBuffer chunk, Done done) throws IOException {
      var strand = Strand.current();
      if (file == null) {
        file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        if (rate > 0) pace = new Pace(rate, (double) rate * SINK_BURST_SECONDS, strand.nanoTime());
      }
      int size = chunk.remaining();
      crc.update(chunk.duplicate());
      while (chunk.hasRemaining()) file.write(chunk);
      bytes += size;
      long waitNanos = pace == null ? 0 : pace.take(size, strand.nanoTime());
      if (waitNanos == 0) {
        done.ok();
      } else {
        var _ = strand.after(waitNanos, done::ok);
      }
    }

    @Override
    public void finish(Done done) throws IOException {
      if (file != null) file.close();
      done.ok();
    }

    @Override
    public void destroy(@Nullable Throwable error, Done done) throws IOException {
      if (file != null) file.close();
      done.ok();
    }
  }
}
