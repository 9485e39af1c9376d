package highwater.lab;

import java.nio.charset.StandardCharsets;

/// The text of a web server's access log, made line by line from a seed: one seed gives one text, on every machine.
///
/// Addresses, paths and clients come from pools with a few favourites, times go on by fractions of a second, sizes and
/// identifiers are random, so that it compresses about as well as a real log, six or seven times. Nothing is kept but the line
/// that is being written. Cost: some 100 ns a line of about 200 bytes. Thread rule: one thread.
final class LogText {
  private static final byte[][] PATHS =
      bytes(
          "/",
          "/index.html",
          "/catalog/shoes?page=",
          "/catalog/coats?page=",
          "/api/v2/orders/",
          "/api/v2/customers/",
          "/api/v2/search?q=term",
          "/images/product/",
          "/static/app.7f3c91.js?v=",
          "/static/site.css?v=",
          "/cart/items/",
          "/checkout/step/",
          "/login?next=/account/",
          "/health",
          "/feed.xml?since=",
          "/reviews/item/");

  private static final byte[][] REFERRERS =
      bytes(
          "-",
          "https://shop.example/",
          "https://shop.example/catalog/shoes?page=",
          "https://shop.example/cart?session=",
          "https://search.example/find?q=winter+coat&n=",
          "https://news.example/2026/11/offers?ref=");

  private static final byte[][] CLIENTS =
      bytes(
          "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
          "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0"
              + " Safari/537.36",
          "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
              + " Mobile/15E148",
          "curl/8.14.1",
          "ExampleBot/2.1 (+https://bot.example/about)");

  private static final byte[][] METHODS = bytes("GET", "GET", "GET", "GET", "GET", "GET", "POST", "HEAD");
  private static final byte[][] STATUSES = bytes("200", "200", "200", "200", "200", "304", "404", "302", "500", "200");
  private static final byte[] MONTH = "Nov/2026:".getBytes(StandardCharsets.US_ASCII);
  private static final int FAVOURITES = 64;

  /// Longer than any line can be.
  private static final int LINE_MAX = 1024;

  private final byte[] line = new byte[LINE_MAX];
  private final int[] addresses = new int[FAVOURITES];
  private int at;
  private int given;
  private long state;
  private long millis;

  /// The text of `seed`.
  LogText(long seed) {
    state = seed;
    for (int i = 0; i < FAVOURITES; i++) addresses[i] = (int) random();
  }

  /// Fills `bytes` whole with what comes next.
  void fill(byte[] bytes) {
    int filled = 0;
    while (filled < bytes.length) {
      if (given == at) nextLine();
      int count = Math.min(at - given, bytes.length - filled);
      System.arraycopy(line, given, bytes, filled, count);
      given += count;
      filled += count;
    }
  }

  private void nextLine() {
    at = 0;
    given = 0;
    long dice = random();
    millis += (dice & 127) + 1;
    address((dice & 256) == 0 ? addresses[(int) (dice >>> 9) & (FAVOURITES - 1)] : (int) random());
    put(" - - [");
    time();
    put(" +0000] \"");
    put(METHODS[(int) (dice >>> 16 & 7)]);
    line[at++] = ' ';
    path(PATHS, dice >>> 20);
    put(" HTTP/1.1\" ");
    put(STATUSES[(int) ((dice >>> 28 & 0xFF) % STATUSES.length)]);
    line[at++] = ' ';
    number(random() >>> 47);
    put(" \"");
    path(REFERRERS, dice >>> 36);
    put("\" \"");
    put(CLIENTS[(int) ((dice >>> 44 & 0xFF) % CLIENTS.length)]);
    put("\" ");
    number(dice >>> 54);
    put("ms\n");
  }

  /// One of `pool`, and a number where it asks for one.
  private void path(byte[][] pool, long dice) {
    var text = pool[(int) ((dice & 0xFF) % pool.length)];
    put(text);
    byte last = text[text.length - 1];
    if (last == '=' || (last == '/' && text.length > 1)) number(random() >>> 44);
  }

  private void address(int address) {
    put("10.");
    number(address >>> 16 & 0xFF);
    line[at++] = '.';
    number(address >>> 8 & 0xFF);
    line[at++] = '.';
    number(address & 0xFF);
  }

  private void time() {
    long seconds = millis / 1000;
    two(1 + seconds / 86_400 % 30);
    line[at++] = '/';
    put(MONTH);
    two(seconds / 3600 % 24);
    line[at++] = ':';
    two(seconds / 60 % 60);
    line[at++] = ':';
    two(seconds % 60);
  }

  private void two(long number) {
    line[at++] = (byte) ('0' + number / 10);
    line[at++] = (byte) ('0' + number % 10);
  }

  private void number(long number) {
    int digits = 1;
    for (long rest = number / 10; rest > 0; rest /= 10) digits++;
    at += digits;
    long rest = number;
    for (int i = at - 1; digits > 0; digits--) {
      line[i--] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }

  private void put(byte[] text) {
    System.arraycopy(text, 0, line, at, text.length);
    at += text.length;
  }

  private void put(String text) {
    for (int i = 0; i < text.length(); i++) line[at++] = (byte) text.charAt(i);
  }

  /// SplitMix64 (Steele, Lea, Flood 2014), written out: the JDK promises no sequence for ever.
  private long random() {
    state += 0x9E3779B97F4A7C15L;
    long z = state;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }

  private static byte[][] bytes(String... texts) {
    var bytes = new byte[texts.length][];
    for (int i = 0; i < texts.length; i++) bytes[i] = texts[i].getBytes(StandardCharsets.US_ASCII);
    return bytes;
  }
}
