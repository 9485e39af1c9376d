package highwater.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The end of what a process said on stderr: its last [#KEPT_BYTES] bytes, whole lines where there is one.
///
/// Thread rule: any thread.
final class LastWords {
  /// What is kept, in bytes: 4 KiB.
  static final int KEPT_BYTES = 4 << 10;

  private static final int MESSAGE_LINES = 8;
  private static final int MESSAGE_CHARS = 1000;

  private final byte[] ring = new byte[KEPT_BYTES];
  private long totalBytes;

  synchronized void add(ByteBuffer said) {
    while (said.hasRemaining()) {
      int at = (int) (totalBytes % KEPT_BYTES);
      int length = Math.min(said.remaining(), KEPT_BYTES - at);
      said.get(ring, at, length);
      totalBytes += length;
    }
  }

  /// The lines kept, and how many bytes were not.
  synchronized Said said(String name) {
    int kept = (int) Math.min(totalBytes, KEPT_BYTES);
    var bytes = new byte[kept];
    for (int i = 0; i < kept; i++) bytes[i] = ring[(int) ((totalBytes - kept + i) % KEPT_BYTES)];
    int start = totalBytes > kept ? wholeLine(bytes) : 0;
    return new Said(name, lines(new String(bytes, start, kept - start, UTF_8)), totalBytes - kept + start);
  }

  /// Where the first line begins whose begin is there; 0 where there is no such line.
  private static int wholeLine(byte[] bytes) {
    for (int i = 0; i < bytes.length - 1; i++) {
      if (bytes[i] == '\n') return i + 1;
    }
    return 0;
  }

  private static List<String> lines(String text) {
    var lines = new ArrayList<String>();
    for (var line : text.split("\n", -1)) {
      var shown = Words.printable(Words.masked(lastState(line))).strip();
      if (!shown.isEmpty()) lines.add(shown);
    }
    return lines;
  }

  /// What a terminal would show of a line that was written over with carriage returns, as progress is.
  private static String lastState(String line) {
    var stripped = line.stripTrailing();
    return stripped.substring(stripped.lastIndexOf('\r') + 1);
  }

  /// `: LINE | LINE`, the last ones, for the end of a message; empty where nothing was said.
  String forMessage() {
    var lines = said("").lines();
    var last = String.join(" | ", lines.subList(Math.max(0, lines.size() - MESSAGE_LINES), lines.size()));
    if (last.length() > MESSAGE_CHARS) last = "…" + last.substring(last.length() - MESSAGE_CHARS);
    return last.isEmpty() ? "" : ": " + last;
  }
}
