package highwater.http;

import highwater.blocking.BlockingPut;
import highwater.blocking.CallThread;
import highwater.memory.ChunkBuffers;
import highwater.pipeline.Footprint;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import highwater.pipeline.Term;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;

/// The recipe that sends data to an http(s) address with PUT or POST; made by [HttpStreams#put] and [HttpStreams#post].
///
/// The body's end is sent when every part of the run has succeeded, and the run succeeds when the server then answers 2xx.
/// Any other end breaks the connection before the body is whole. Nothing is sent twice: there are no retries, and a redirect
/// is a failure that names the new address.
public final class HttpTarget implements PullTarget<ByteBuffer> {
  static final long UNKNOWN_LENGTH = -1;

  /// One being written to the socket, one behind it, and both once more for TLS: see decision 13.
  private static final int CLIENT_BUFFERS = 4;

  private final String method;
  private final Address address;
  private final long lengthBytes;
  private final boolean asksFirst;
  private final HttpSettings settings;

  HttpTarget(String method, Address address, long lengthBytes, HttpSettings settings) {
    this(method, address, lengthBytes, true, settings);
  }

  private HttpTarget(String method, Address address, long lengthBytes, boolean asksFirst, HttpSettings settings) {
    this.method = method;
    this.address = address;
    this.lengthBytes = lengthBytes;
    this.asksFirst = asksFirst;
    this.settings = settings;
  }

  private HttpTarget with(HttpSettings settings) {
    return new HttpTarget(method, address, lengthBytes, asksFirst, settings);
  }

  /// The same with one more header, whose value is never printed; throws `IllegalArgumentException` for one that cannot be.
  public HttpTarget header(String name, String value) {
    return with(settings.header(name, value));
  }

  /// The same, given up when a connection does not come about in `time` (default 10 s).
  public HttpTarget connectTimeout(Duration time) {
    return with(settings.timeouts(time, settings.idle(), settings.total()));
  }

  /// The same, given up when the server keeps quiet for `time` (default 60 s).
  public HttpTarget idleTimeout(Duration time) {
    return with(settings.timeouts(settings.connect(), time, settings.total()));
  }

  /// The same, given up when the whole takes longer than `time` (default 24 h).
  public HttpTarget totalTimeout(Duration time) {
    return with(settings.timeouts(settings.connect(), settings.idle(), time));
  }

  /// The same with a client of the user's, for TLS settings, proxies and authentication of his own; it stays open. The limit
  /// on connecting is then the client's.
  public HttpTarget client(HttpClient client) {
    return with(settings.client(client));
  }

  /// The same for data of exactly `bytes`, which is announced as Content-Length; otherwise it is sent in chunks. A run with
  /// more or less data fails, and the server never gets the last byte.
  public HttpTarget length(long bytes) {
    if (bytes < 0) throw new IllegalArgumentException("length: " + bytes + " (expected: 0 or more bytes)");
    return new HttpTarget(method, address, bytes, asksFirst, settings);
  }

  /// The same, with or without asking the server first whether it wants the data (`Expect: 100-continue`, on by default).
  ///
  /// A server that says no is then heard; without it, the break of the connection often comes before its words. One that
  /// does not know the question costs 5 s.
  public HttpTarget expectContinue(boolean asksFirst) {
    return new HttpTarget(method, address, lengthBytes, asksFirst, settings);
  }

  /// The same with another environment than the process's, for the proxies it names.
  public HttpTarget environment(Map<String, String> environment) {
    return with(settings.environment(environment));
  }

  /// Where it is sent to.
  public URI uri() {
    return address.uri();
  }

  /// The address without its query's values.
  @Override
  public String name() {
    return address.name();
  }

  @Override
  public String advice() {
    return "the server, or the way to it, sets the pace";
  }

  @Override
  public Footprint footprint(long chunkMaxBytes) {
    return Footprint.of(
        "two buffers ahead, by a thread of its own; " + method + " over HTTP/1.1",
        0,
        BlockingPut.term("write"),
        Term.of("HTTP client", CLIENT_BUFFERS, ChunkBuffers.DEFAULT_BYTES));
  }

  @Override
  public Put<ByteBuffer> put() {
    var sink = new HttpSink(method, address, lengthBytes, asksFirst, settings);
    return new BlockingPut(name(), sink, CallThread.VIRTUAL);
  }

  @Override
  public String toString() {
    return method + " " + name();
  }
}
