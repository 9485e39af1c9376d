package highwater.lab;

import highwater.Misuse;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// `highwater lab water`: serves the page of the water experiment until it is interrupted.
final class WaterCommand {
  /// Its row in the table of subcommands.
  static final LabCommand COMMAND =
      new LabCommand(
          "water",
          "",
          "Serves a page, for this machine alone, on which a producer fills a tank and a consumer empties it: with live"
              + " streams, taps for both speeds and the mark, and a switch that ignores the answer of write. Prints its"
              + " link; Ctrl-C ends it, with exit code 130.",
          List.of(new LabOption("port", "N", "The port, 1 to 65535 (0: one that is free).")),
          WaterCommand::run);

  private WaterCommand() {}

  private static void run(LabLine line, LabConsole console) throws LabException, InterruptedException {
    int port = Math.toIntExact(line.number("port", 0, 0, 65_535));
    // What it does wrong on purpose need not be told.
    Misuse.use(Misuse.Mode.OFF, false);
    var server = start(port);
    Runtime.getRuntime().addShutdownHook(new Thread(server::close, "highwater-water-end"));
    console.out().println(server.link());
    console.out().flush();
    console.line("open this link in a browser of this machine; Ctrl-C ends the experiment");
    // The signal ends the process, and the JVM gives its code.
    new CountDownLatch(1).await();
  }

  private static WaterServer start(int port) throws LabException {
    try {
      return WaterServer.start(port);
    } catch (IOException e) {
      throw LabException.failed("water: " + e.getMessage(), e);
    }
  }
}
