package highwater.http;

import static java.util.Objects.requireNonNull;

import highwater.blocking.BlockingPull;
import highwater.blocking.CallThread;
import highwater.memory.ChunkBuffers;
import highwater.pipeline.ByteSizes;
import highwater.pipeline.Footprint;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.Term;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/// The recipe that reads an http(s) address with GET; made by [HttpStreams#get].
///
/// The data is whole when the server's Content-Length or its last chunk says so. An interrupted transfer goes on by itself
/// where the server names the version that it sends (a strong ETag, or a date that is safe) and has ranges: nothing is lost,
/// doubled or mixed; where the version changed meanwhile, the run fails. Redirects are followed, at most ten and never from
/// https to http; headers go to no other server than the one that was named. No content coding is asked for or undone.
public final class HttpOrigin implements PullOrigin<ByteBuffer> {
  /// Four that were asked for, three that the socket is read into, three that are parsed, two of TLS: see decision 13.
  private static final int CLIENT_BUFFERS = DemandedBody.AHEAD + 3 + 3 + 2;

  private static final int CLIENT_BUFFER_BYTES = 16 << 10;
  private static final int CHUNK_BYTES = ChunkBuffers.DEFAULT_BYTES;

  private final Address address;
  private final HttpSettings settings;

  HttpOrigin(Address address, HttpSettings settings) {
    this.address = address;
    this.settings = settings;
  }

  private HttpOrigin with(HttpSettings settings) {
    return new HttpOrigin(address, settings);
  }

  /// The same with one more header, whose value is never printed; throws `IllegalArgumentException` for one that cannot be.
  public HttpOrigin header(String name, String value) {
    return with(settings.header(name, value));
  }

  /// The same, given up when a connection does not come about in `time` (default 10 s).
  public HttpOrigin connectTimeout(Duration time) {
    return with(settings.timeouts(time, settings.idle(), settings.total()));
  }

  /// The same, given up when the server keeps quiet for `time` (default 60 s).
  public HttpOrigin idleTimeout(Duration time) {
    return with(settings.timeouts(settings.connect(), time, settings.total()));
  }

  /// The same, given up when the whole takes longer than `time` (default 24 h).
  public HttpOrigin totalTimeout(Duration time) {
    return with(settings.timeouts(settings.connect(), settings.idle(), time));
  }

  /// The same, tried at most `retries` times in a row without a byte (default 5) after a connection failed or broke, or a
  /// 502, 503 or 504; 0 turns it off. The pauses between are 0.25 s, doubled each time, at most 10 s.
  public HttpOrigin retries(int retries) {
    return with(settings.retries(retries));
  }

  /// The same with a client of the user's, for TLS settings, proxies and authentication of his own; it stays open. The limit
  /// on connecting is then the client's.
  public HttpOrigin client(HttpClient client) {
    return with(settings.client(client));
  }

  /// The same; `warning` is told in one line what a run cannot know or does not undo: data without a length, an encoding
  /// nobody asked for. Called on a thread of the run's.
  public HttpOrigin onWarning(Consumer<String> warning) {
    return with(settings.warnings(requireNonNull(warning, "warning")));
  }

  /// The same; `length` is told the bytes of the whole once the server has said them, at most once in a run. Called on a
  /// thread of the run's.
  public HttpOrigin onLength(LongConsumer length) {
    return with(settings.lengths(requireNonNull(length, "length")));
  }

  /// The same with another environment than the process's, for the proxies it names.
  public HttpOrigin environment(Map<String, String> environment) {
    return with(settings.environment(environment));
  }

  /// What is read.
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
        ByteSizes.rounded(CHUNK_BYTES) + " chunks, two ahead, by a thread of its own; HTTP/1.1",
        CHUNK_BYTES,
        BlockingPull.term("read", CHUNK_BYTES),
        Term.of("HTTP client", CLIENT_BUFFERS, CLIENT_BUFFER_BYTES));
  }

  @Override
  public Pull<ByteBuffer> pull() {
    return new BlockingPull(name(), new HttpSource(address, settings), CallThread.VIRTUAL, CHUNK_BYTES);
  }

  @Override
  public String toString() {
    return "GET " + name();
  }
}
