package highwater.http;

import static java.util.Objects.requireNonNull;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// What origins and targets share of their settings; prints no header's value.
///
/// @param client the user's own, or null for one made for each run
/// @param environment where the proxies are looked up, or null for the process's
record HttpSettings(
    List<Header> headers,
    Duration connect,
    Duration idle,
    Duration total,
    int retries,
    @Nullable HttpClient client,
    Consumer<String> warnings,
    LongConsumer lengths,
    @Nullable Map<String, String> environment) {
  private static final Duration LONGEST = Duration.ofDays(3650);
  private static final int RETRIES_MAX = 1000;

  static final HttpSettings DEFAULT =
      new HttpSettings(
          List.of(),
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Duration.ofHours(24),
          5,
          null,
          _ -> {},
          _ -> {},
          null);

  /// What the client or this package sets itself.
  private static final Set<String> RESERVED =
      Set.of(
          "accept-encoding",
          "connection",
          "content-length",
          "expect",
          "host",
          "if-range",
          "proxy-authorization",
          "range",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  HttpSettings {
    headers = List.copyOf(headers);
    checkTime("connect", connect);
    checkTime("idle", idle);
    checkTime("total", total);
    if (retries < 0 || retries > RETRIES_MAX) {
      throw new IllegalArgumentException("retries: " + retries + " (expected: 0 to " + RETRIES_MAX + ")");
    }
    requireNonNull(warnings, "warnings");
    requireNonNull(lengths, "lengths");
  }

  private static void checkTime(String name, Duration time) {
    if (time.isNegative() || time.isZero() || time.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          name + " timeout: " + time + " (expected: more than 0, at most " + LONGEST.toDays() + " days)");
    }
  }

  /// One header; its value may be secret.
  record Header(String name, String value) {
    Header {
      if (name.isEmpty() || !name.chars().allMatch(Header::isTokenCharacter)) {
        throw new IllegalArgumentException(
            "header: its name is empty or has a character that none may have (expected: letters, digits and hyphens)");
      }
      if (RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
        throw new IllegalArgumentException(
            "header " + name + ": it is set by the library itself (expected: another header)");
      }
      if (!value.chars().allMatch(c -> c == '\t' || (c >= 0x20 && c <= 0xff && c != 0x7f && (c < 0x80 || c > 0x9f)))) {
        throw new IllegalArgumentException(
            "header " + name + ": its value has a character that none may have (expected: one line of Latin-1 text)");
      }
    }

    private static boolean isTokenCharacter(int c) {
      return (c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || (c >= '0' && c <= '9')
          || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }

    @Override
    public String toString() {
      return name + ": …";
    }
  }

  HttpSettings header(String name, String value) {
    var more = new ArrayList<>(headers);
    more.add(new Header(name, value));
    return new HttpSettings(more, connect, idle, total, retries, client, warnings, lengths, environment);
  }

  HttpSettings timeouts(Duration connect, Duration idle, Duration total) {
    return new HttpSettings(headers, connect, idle, total, retries, client, warnings, lengths, environment);
  }

  HttpSettings retries(int retries) {
    return new HttpSettings(headers, connect, idle, total, retries, client, warnings, lengths, environment);
  }

  HttpSettings client(HttpClient client) {
    requireNonNull(client, "client");
    return new HttpSettings(headers, connect, idle, total, retries, client, warnings, lengths, environment);
  }

  HttpSettings warnings(Consumer<String> warnings) {
    return new HttpSettings(headers, connect, idle, total, retries, client, warnings, lengths, environment);
  }

  HttpSettings lengths(LongConsumer lengths) {
    return new HttpSettings(headers, connect, idle, total, retries, client, warnings, lengths, environment);
  }

  HttpSettings environment(Map<String, String> environment) {
    return new HttpSettings(headers, connect, idle, total, retries, client, warnings, lengths, Map.copyOf(environment));
  }

  Map<String, String> proxyEnvironment() {
    return environment == null ? System.getenv() : environment;
  }

  Patience patience() {
    return new Patience(idle, total);
  }

  /// The beginning of a request to `address`; the headers go to nobody but the server that the user named.
  HttpRequest.Builder request(Address address, boolean withHeaders) {
    var request = HttpRequest.newBuilder(address.uri()).version(HttpClient.Version.HTTP_1_1);
    if (withHeaders) for (var header : headers) request.header(header.name(), header.value());
    return request;
  }

  /// Takes out of `text` what the user gave as a secret: a server may repeat it.
  String withoutSecrets(String text, Address address) {
    var secrets = new ArrayList<>(address.secrets());
    for (var header : headers) {
      secrets.add(header.value());
      // Of `Bearer abc` a server repeats the second word.
      secrets.addAll(List.of(header.value().split("[ ,;]+")));
    }
    for (var secret : secrets) if (secret.length() >= 6) text = text.replace(secret, "…");
    return text;
  }
}
