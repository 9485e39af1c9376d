package highwater.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What Linux tells of a process under `/proc`, when it was looked at.
///
/// @param userNanos time on a processor in its own code, in steps of the system's clock tick (10 ms)
/// @param systemNanos time on a processor in the kernel
/// @param residentBytes resident memory
/// @param residentPeakBytes the most there was
/// @param minorFaults pages that were mapped without reading a disk
/// @param majorFaults pages that a disk was read for
/// @param voluntarySwitches how often a thread gave its processor up to wait, summed over the threads that live
/// @param involuntarySwitches how often one was taken off it
/// @param readBytes what was read from disks, not from the system's cache
/// @param writtenBytes what was handed to disks
record Proc(
    long userNanos,
    long systemNanos,
    long residentBytes,
    long residentPeakBytes,
    long minorFaults,
    long majorFaults,
    long voluntarySwitches,
    long involuntarySwitches,
    long readBytes,
    long writtenBytes) {
  private static final Path ROOT = Path.of("/proc");

  /// USER_HZ, which is 100 wherever the JDK runs: the kernel's own number never leaves it.
  private static final long TICK_NANOS = 10_000_000;

  // The fields of `stat` behind the name in brackets, from 0 (proc(5) counts from 1, with two fields before).
  private static final int MINOR_FAULTS = 7;
  private static final int MAJOR_FAULTS = 9;
  private static final int USER_TICKS = 11;
  private static final int SYSTEM_TICKS = 12;

  /// Whether this system has what is needed.
  static boolean isThere() {
    return Files.isReadable(ROOT.resolve("self/stat"));
  }

  /// The files of this process as lines of text, each line behind a word that tells which file: `status VmHWM: 1234 kB`.
  static String own() {
    var text = new StringBuilder();
    var self = ROOT.resolve("self");
    append(text, "status", self.resolve("status"));
    append(text, "stat", self.resolve("stat"));
    append(text, "io", self.resolve("io"));
    try (var tasks = Files.list(self.resolve("task"))) {
      tasks.forEach(task -> append(text, "task", task.resolve("status")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /// The files of a process that runs; null once it has ended.
  static @Nullable Proc of(long pid) {
    var text = new StringBuilder();
    var folder = ROOT.resolve(Long.toString(pid));
    append(text, "status", folder.resolve("status"));
    append(text, "stat", folder.resolve("stat"));
    append(text, "io", folder.resolve("io"));
    var proc = parse(text.toString().lines().toList());
    // A zombie has a stat, and no memory any more.
    return proc.residentBytes == 0 ? null : proc;
  }

  /// What the lines of [#own()] say; lines that begin with other words are passed over.
  static Proc parse(List<String> lines) {
    Map<String, Long> values = new HashMap<>();
    for (String line : lines) {
      if (line.startsWith("stat ")) {
        parseStat(line, values);
      } else if (line.startsWith("status ") || line.startsWith("io ") || line.startsWith("task ")) {
        parseKey(line, values);
      }
    }
    return new Proc(
        values.getOrDefault("user", 0L) * TICK_NANOS,
        values.getOrDefault("system", 0L) * TICK_NANOS,
        values.getOrDefault("status VmRSS", 0L) << 10,
        values.getOrDefault("status VmHWM", 0L) << 10,
        values.getOrDefault("minor", 0L),
        values.getOrDefault("major", 0L),
        values.getOrDefault("task voluntary_ctxt_switches", 0L),
        values.getOrDefault("task nonvoluntary_ctxt_switches", 0L),
        values.getOrDefault("io read_bytes", 0L),
        values.getOrDefault("io write_bytes", 0L));
  }

  private static void parseStat(String line, Map<String, Long> values) {
    // The name in brackets may hold blanks and brackets.
    int end = line.lastIndexOf(')');
    if (end < 0) return;
    var fields = line.substring(end + 1).strip().split(" +", -1);
    if (fields.length <= SYSTEM_TICKS) return;
    values.put("minor", Long.parseLong(fields[MINOR_FAULTS]));
    values.put("major", Long.parseLong(fields[MAJOR_FAULTS]));
    values.put("user", Long.parseLong(fields[USER_TICKS]));
    values.put("system", Long.parseLong(fields[SYSTEM_TICKS]));
  }

  /// `FILE KEY: 123 kB`; the same key of several threads adds up.
  private static void parseKey(String line, Map<String, Long> values) {
    int colon = line.indexOf(':');
    if (colon < 0) return;
    long number = 0;
    boolean found = false;
    for (int i = colon + 1; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c >= '0' && c <= '9') {
        number = number * 10 + (c - '0');
        found = true;
      } else if (found) {
        break;
      } else if (c != ' ' && c != '\t') {
        return;
      }
    }
    if (found) values.merge(line.substring(0, colon), number, Long::sum);
  }

  private static void append(StringBuilder text, String word, Path file) {
    try {
      for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
        text.append(word).append(' ').append(line).append('\n');
      }
    } catch (IOException e) {
      // The process or the thread is gone, or this file is not ours to read: then its figures are 0.
    }
  }
}
