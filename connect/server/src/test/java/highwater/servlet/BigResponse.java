package highwater.servlet;

import highwater.io.FileStreams;
import highwater.pipeline.Pipeline;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// A server that answers each request for `/big` with a file; `bench/scripts/big-response` measures it.
public final class BigResponse {
  private BigResponse() {}

  /// Serves the file `arguments[0]`, and writes its port into the file `arguments[1]`.
  public static void main(String[] arguments) throws Exception {
    var file = Path.of(arguments[0]);
    var path =
        ServletHost.path(
            (request, response) -> {
              var _ = Pipeline.from(FileStreams.read(file)).to(ServletStreams.response(request, response)).start();
            });
    var announced = Path.of(arguments[1]);
    var written = Files.writeString(Path.of(announced + ".new"), ServletHost.port() + path);
    Files.move(written, announced, StandardCopyOption.ATOMIC_MOVE);
    Thread.currentThread().join();
  }
}
