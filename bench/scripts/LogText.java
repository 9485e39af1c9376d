import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/// Writes test data to stdout: `java LogText.java text|random BYTES [SEED]`.
///
/// `text` is an access log, which gzip makes about seven times smaller; `random` cannot be made smaller. The same seed gives the
/// same bytes.
final class LogText {
  private static final String[] METHODS = {"GET", "GET", "GET", "GET", "POST", "PUT", "HEAD"};
  private static final String[] PATHS = {
    "/",
    "/index.html",
    "/api/v2/orders/",
    "/api/v2/customers/",
    "/static/app.js",
    "/static/logo.svg",
    "/login",
    "/search?q="
  };
  private static final String[] AGENTS = {
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
    "curl/8.8.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
  };
  private static final int[] STATUS = {200, 200, 200, 200, 200, 304, 301, 404, 500};

  private LogText() {}

  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 2 || !(arguments[0].equals("text") || arguments[0].equals("random"))) {
      System.err.println("usage: java LogText.java text|random BYTES [SEED]");
      System.exit(2);
    }
    long bytes = Long.parseLong(arguments[1]);
    var random = new SplittableRandom(arguments.length > 2 ? Long.parseLong(arguments[2]) : 42);
    if (arguments[0].equals("text")) text(bytes, random);
    else random(bytes, random);
  }

  private static void random(long bytes, SplittableRandom random) throws IOException {
    var block = new byte[1 << 16];
    for (long left = bytes; left > 0; left -= block.length) {
      random.nextBytes(block);
      System.out.write(block, 0, (int) Math.min(left, block.length));
    }
    System.out.flush();
  }

  private static void text(long bytes, SplittableRandom random) throws IOException {
    var out = (OutputStream) System.out;
    var lines = new StringBuilder(1 << 17);
    long left = bytes;
    long second = 0;
    while (left > 0) {
      lines.setLength(0);
      while (lines.length() < 1 << 16) line(lines, random, second += random.nextInt(3));
      var block = lines.toString().getBytes(StandardCharsets.ISO_8859_1);
      int length = (int) Math.min(left, block.length);
      out.write(block, 0, length);
      left -= length;
    }
    out.flush();
  }

  private static void line(StringBuilder to, SplittableRandom random, long second) {
    to.append(random.nextInt(11, 224)).append('.').append(random.nextInt(256)).append('.');
    to.append(random.nextInt(256)).append('.').append(random.nextInt(256)).append(" - - [22/Nov/2026:");
    two(to, second / 3600 % 24).append(':');
    two(to, second / 60 % 60).append(':');
    two(to, second % 60).append(" +0000] \"");
    var path = PATHS[random.nextInt(PATHS.length)];
    to.append(METHODS[random.nextInt(METHODS.length)]).append(' ').append(path);
    if (path.endsWith("/") || path.endsWith("=")) to.append(random.nextInt(1_000_000));
    to.append(" HTTP/1.1\" ").append(STATUS[random.nextInt(STATUS.length)]).append(' ').append(random.nextInt(60_000));
    to.append(" \"-\" \"").append(AGENTS[random.nextInt(AGENTS.length)]).append("\"\n");
  }

  private static StringBuilder two(StringBuilder to, long number) {
    if (number < 10) to.append('0');
    return to.append(number);
  }
}
