package highwater.dashboard;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;

/// The live view of all pipelines of this process: a page that shows each as a picture, with its tanks, valves, rates and
/// the verdict.
///
/// One call at the start of a program, `var dashboard = Dashboard.start()`, and [#link()] is the page. It reads what
/// [highwater.pipeline.PipelineRun#running()] tells twice a second, and nothing at all while no page is open; closing the
/// page changes nothing. It shows the first 64 runs, and the last 16 that ended while a page was open. Who may look, and what
/// else is bounded: [LocalServer]. Thread rule: any thread.
public final class Dashboard implements AutoCloseable {
  private static final Duration PERIOD = Duration.ofMillis(500);

  private static final String[] PAGE = {
    "index.html",
    "dashboard.css",
    "app.js",
    "model.js",
    "words.js",
    "theme.js",
    "picture.js",
    "figures.js",
    "timeline.js",
    "icon.svg",
    "uPlot.iife.min.js",
    "uPlot.min.css",
    "uPlot.LICENSE.txt"
  };

  private final LocalServer server;

  private Dashboard(LocalServer server) {
    this.server = server;
  }

  /// Opens the page on the loopback interface, at a port that is free. Throws an `IOException` of one line.
  public static Dashboard start() throws IOException {
    return start(0);
  }

  /// Opens the page on the loopback interface, at `port`; 0 takes one that is free. Throws an `IOException` of one line
  /// where the port is taken, and `IllegalArgumentException` for one outside 0 to 65535.
  public static Dashboard start(int port) throws IOException {
    return start(LocalServer.onLoopback(port));
  }

  /// Opens the page at one address of this machine, which others may reach: whoever reads along on the network can then
  /// see the token and the page. Errors: those of [#start(int)], and `IllegalArgumentException` for the wildcard.
  public static Dashboard start(InetAddress address, int port) throws IOException {
    return start(LocalServer.at(address, port));
  }

  private static Dashboard start(LocalServer.Builder server) throws IOException {
    var watch = new Watch();
    return new Dashboard(
        server
            .page(Dashboard.class, PAGE)
            .get("snapshot", _ -> watch.snapshot())
            .get("history", watch::history)
            .events("events", PERIOD, watch::snapshot)
            .start());
  }

  /// The page's address, with a random token. Keep it to those who may look.
  public URI link() {
    return server.link();
  }

  /// Sends open pages the last state, which they keep, and closes the port; takes at most three seconds, where one takes nothing.
  @Override
  public void close() {
    server.close();
  }
}
