package highwater.http;

import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import highwater.pipeline.Pipeline;
import java.io.IOException;

/// Makes recipes of one exchange of the JDK's own server, `com.sun.net.httpserver.HttpServer` or `HttpsServer`.
///
/// Its bodies are streams that wait, so each has a virtual thread of its own. Nothing in this server's API breaks a
/// connection off, and its `close` sends the end of a body; what breaks it is an interrupt of the thread that writes, which
/// closes the channel. Another server behind the same API, where that does nothing, is told from it, and left without an end.
///
/// ```
/// server.createContext(
///     "/log",
///     HttpServerStreams.handler(
///         exchange -> Pipeline.from(FileStreams.read(log)).to(HttpServerStreams.response(exchange))));
/// ```
public final class HttpServerStreams {
  private HttpServerStreams() {}

  /// A recipe that sends the response of `exchange`, for one run, and closes the exchange.
  ///
  /// Headers are the handler's, to be set before; a Content-Length among them counts as [ExchangeTarget#length]. Status and
  /// headers are sent with the first byte, or with the end. A run that fails or is cancelled, also before it has opened
  /// anything, answers 500 where nothing was sent yet, and else breaks the connection before the body's end. Where `start()`
  /// itself refuses and throws, a handler should let that through, and the server closes the connection.
  ///
  /// To a HEAD it sends status and headers alone, with the Content-Length where that is said: the source is opened and read
  /// up to its first chunk, so that one that cannot be opened answers 500 as to a GET, and then ended.
  public static ExchangeTarget response(HttpExchange exchange) {
    return new ExchangeTarget(new ExchangeBody(exchange));
  }

  /// A recipe that reads the request's body of `exchange`, for one run; a body that is cut short fails it.
  ///
  /// It answers nothing. A run that ends while it waits for the client breaks the connection; otherwise the exchange is as
  /// before, and an answer can be sent.
  public static ExchangeOrigin request(HttpExchange exchange) {
    return new ExchangeOrigin(new ExchangeBody(exchange));
  }

  /// A handler that starts the pipeline which `recipe` makes for each exchange, and returns at once: no thread of the server's
  /// waits, so that its default executor will do. The pipeline ends in [#response].
  ///
  /// Of a run that fails the client alone is told. Who wants to know writes the handler's one line, and looks at the run's
  /// [completion][highwater.pipeline.PipelineRun#completion()].
  public static HttpHandler handler(Recipe recipe) {
    requireNonNull(recipe, "recipe");
    return exchange -> {
      var _ = recipe.pipeline(exchange).start();
    };
  }

  /// What to do with an exchange.
  @FunctionalInterface
  public interface Recipe {
    /// The pipeline that answers `exchange`; what it throws makes the server close the connection.
    Pipeline pipeline(HttpExchange exchange) throws IOException;
  }
}
