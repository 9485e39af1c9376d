package highwater.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A child process that was watched from its start to its end: its words, and its memory ten times a second.
///
/// @param exitCode what it answered
/// @param realNanos from its start to its end
/// @param lines what it wrote to stdout
/// @param complaint the last lines of its stderr, joined
/// @param resident its resident memory over time
/// @param last what the system counted when it was last looked at; null where it was gone before
/// @param overdue whether it was killed for taking too long
record Watched(
    int exitCode,
    long realNanos,
    List<String> lines,
    String complaint,
    List<Sample> resident,
    @Nullable Proc last,
    boolean overdue) {
  private static final long LOOK_MILLIS = 100;

  /// So many samples are more than a plot has columns; from here on every other one is dropped, and half as many are taken.
  private static final int SAMPLES_MAX = 4096;

  /// No child says more lines than this; the rest is read and dropped.
  private static final int LINES_MAX = 200_000;

  private static final int COMPLAINT_LINES_MAX = 20;

  /// Is told each time the child is looked at.
  interface Looking {
    /// `seconds` after its start it holds so much memory.
    void look(double seconds, long residentBytes);
  }

  /// Watches `process`, which began at `startNanos`, to its end, and kills it when that takes longer than `limitNanos`.
  static Watched untilItEnds(Process process, long startNanos, long limitNanos, Looking looking)
      throws InterruptedException {
    var out = new Listener(process.getInputStream(), LINES_MAX, false);
    var err = new Listener(process.getErrorStream(), COMPLAINT_LINES_MAX, true);
    var samples = new ArrayList<Sample>();
    Proc last = null;
    long lookMillis = LOOK_MILLIS;
    boolean overdue = false;
    do {
      var proc = Proc.of(process.pid());
      long nanos = System.nanoTime() - startNanos;
      if (proc != null) {
        last = proc;
        samples.add(new Sample(nanos / 1e9, proc.residentBytes()));
        looking.look(nanos / 1e9, proc.residentBytes());
        if (samples.size() == SAMPLES_MAX) {
          thin(samples);
          lookMillis *= 2;
        }
      }
      if (nanos > limitNanos && !overdue) {
        overdue = true;
        process.destroyForcibly();
      }
    } while (!process.waitFor(lookMillis, TimeUnit.MILLISECONDS));
    long realNanos = System.nanoTime() - startNanos;
    return new Watched(
        process.exitValue(), realNanos, out.lines(), String.join(" ", err.lines()), samples, last, overdue);
  }

  private static void thin(ArrayList<Sample> samples) {
    int kept = 0;
    for (int i = 0; i < samples.size(); i += 2) samples.set(kept++, samples.get(i));
    samples.subList(kept, samples.size()).clear();
  }

  /// Reads lines on a thread of its own, the first `most` of them or the last.
  private static final class Listener {
    private final ArrayList<String> lines = new ArrayList<>();
    private final Thread thread;

    Listener(InputStream in, int most, boolean keepLast) {
      thread =
          Thread.ofPlatform()
              .daemon()
              .name("highwater-lab-listener")
              .start(
                  () -> {
                    try (var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
                      for (String line; (line = reader.readLine()) != null; ) {
                        if (lines.size() < most) {
                          lines.add(line);
                        } else if (keepLast) {
                          lines.removeFirst();
                          lines.add(line);
                        }
                      }
                    } catch (IOException e) {
                      // Its end, as good as any.
                    }
                  });
    }

    /// All of them, once the other side has closed.
    List<String> lines() throws InterruptedException {
      thread.join();
      return lines;
    }
  }
}
