package highwater.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;

/// A server on the loopback address that does with each request what its handler says.
interface TestServer extends AutoCloseable {
  /// What to do with one request; throwing breaks the connection.
  interface Handler {
    void serve(Call call) throws Exception;
  }

  /// Makes a server; a reference to a constructor.
  interface Maker {
    TestServer start(Handler handler) throws Exception;
  }

  /// One request and its response.
  interface Call {
    /// The body of the request; throws where it is cut short.
    InputStream body() throws IOException;

    /// Begins a response of `lengthBytes`, or in chunks where that is negative; closing the stream ends it.
    OutputStream respond(int status, long lengthBytes) throws IOException;

    /// Waits until the client has gone, or the server is closed.
    void awaitGone() throws Exception;
  }

  @Override
  void close() throws IOException;

  int port();

  /// Requests being served.
  int active();

  default URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port() + path);
  }
}
