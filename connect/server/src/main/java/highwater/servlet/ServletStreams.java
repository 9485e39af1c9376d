package highwater.servlet;

import static java.util.Objects.requireNonNull;

import highwater.pipeline.PipelineRun;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Makes recipes of one request and its response, which wait for the client without a thread.
///
/// Both are called in the servlet, on the container's thread, and put the request into asynchronous mode (`startAsync`); the
/// pipeline is then started with `start()`, and the servlet returns. The container calls back only after that: `run()` and
/// `join()` in a servlet would wait for themselves, and a run that can see it refuses. A servlet, and each filter before it,
/// must allow asynchronous mode (`asyncSupported = true`).
///
/// Limits on time: the container's own, as it is configured; a client that moves nothing for 60 s fails the run unless the
/// recipe says otherwise; and all of the request has [#TOTAL_MILLIS], unless the servlet had called `startAsync` before or
/// calls `request.getAsyncContext().setTimeout` afterwards. A recipe that never gets its run is ended by that last one.
///
/// ```
/// Pipeline.from(FileStreams.read(log)).to(ServletStreams.response(request, response)).start();
/// ```
public final class ServletStreams {
  /// The time that a request has in all unless the servlet says otherwise, in milliseconds: 24 h.
  public static final long TOTAL_MILLIS = 24L * 60 * 60 * 1000;

  private ServletStreams() {}

  /// A recipe that writes the body of `response`, for one run, and completes the request.
  ///
  /// Status and headers are the servlet's, to be set before the pipeline is started. The body ends when every part of the run
  /// has succeeded. A run that fails or is cancelled, also before it has opened anything, answers 500 where nothing was sent
  /// yet, and else breaks the connection (in HTTP/2 the stream) before the body's end. So does one that has a body for a status
  /// of 204 or 304, which allow none. Where `start()` itself refuses and throws, the servlet should let that through, and the
  /// container answers. See [ResponseTarget].
  /// Errors: `IllegalStateException` where the request cannot be asynchronous, or its response was written to already.
  public static ResponseTarget response(HttpServletRequest request, HttpServletResponse response) throws IOException {
    var async = startAsync(request, response);
    boolean chunks = request.getProtocol().equals("HTTP/1.1");
    var side = new ResponseSide(Client.of(request), async, response, chunks);
    async.addListener(side);
    response.getOutputStream().setWriteListener(side);
    return new ResponseTarget(side);
  }

  /// A recipe that reads the body of `request`, for one run; a body that is cut short fails it.
  ///
  /// It completes nothing: the response, or [#answerWhenDone], does. See [RequestOrigin].
  /// Errors: `IllegalStateException` where the request cannot be asynchronous, or its body was read from already.
  public static RequestOrigin request(HttpServletRequest request) throws IOException {
    var async = startAsync(request, null);
    var side = new RequestSide(Client.of(request), request.getInputStream(), request.getContentLengthLong());
    async.addListener(side);
    request.getInputStream().setReadListener(side);
    return new RequestOrigin(side);
  }

  /// Completes an asynchronous request when `run` is over: with `status` and no body where it has succeeded, else with 500.
  ///
  /// For a request whose body went somewhere else than into its response. What the run failed with is not sent.
  public static void answerWhenDone(
      PipelineRun run, HttpServletRequest request, HttpServletResponse response, int status) {
    var async = request.getAsyncContext();
    var _ =
        run.completion()
            .whenComplete(
                (_, failure) -> {
                  response.setStatus(failure == null ? status : HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
                  async.complete();
                });
  }

  private static AsyncContext startAsync(HttpServletRequest request, @Nullable HttpServletResponse response) {
    requireNonNull(request, "request");
    if (request.isAsyncStarted()) return request.getAsyncContext();
    if (!request.isAsyncSupported()) {
      throw new IllegalStateException(
          "the request cannot be asynchronous (expected: asyncSupported = true at the servlet and at each filter before"
              + " it)");
    }
    var async = response == null ? request.startAsync() : request.startAsync(request, response);
    async.setTimeout(TOTAL_MILLIS);
    return async;
  }
}
