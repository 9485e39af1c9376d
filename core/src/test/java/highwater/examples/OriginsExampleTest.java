package highwater.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import highwater.interop.Generator;
import highwater.interop.JavaIo;
import highwater.io.FileStreams;
import highwater.pipeline.Pipeline;
import highwater.pipeline.PipelineException;
import highwater.pipeline.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The examples of origins and targets around what Java has already.
@Timeout(60)
class OriginsExampleTest {
  @TempDir Path folder;

  private final List<String> inserted = new ArrayList<>();

  private CompletableFuture<Void> insert(List<String> batch) {
    inserted.addAll(batch);
    return CompletableFuture.completedFuture(null);
  }

  @Test
  void linesIntoBatches() throws IOException {
    var all = IntStream.range(0, 1234).mapToObj(i -> "row " + i).collect(Collectors.toList());
    var file = Files.write(folder.resolve("rows.csv"), all);
    // @start region=generator
    var rows =
        Generator.<String>of(
            out -> { // on a virtual thread, waiting where the pipeline is slower
              try (var lines = Files.newBufferedReader(file)) {
                for (String line; (line = lines.readLine()) != null; ) out.put(line);
              }
            });
    Pipeline.from(rows).to(Target.forEachBatchAsync(100, batch -> insert(batch))).run();
    // @end
    assertThat(inserted).isEqualTo(all);
  }

  private static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Test
  void aFileThroughASocket() throws Exception {
    var file = Files.write(folder.resolve("data"), new byte[300_000]);
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var taken = new FutureTask<>(() -> server.accept().getInputStream().readAllBytes());
      Thread.ofVirtual().start(taken);
      var socket = new Socket(server.getInetAddress(), server.getLocalPort());
      // @start region=output
      Pipeline.from(FileStreams.read(file))
          .to(JavaIo.toOutputStream(() -> socket.getOutputStream(), _ -> reset(socket))) // a close would look whole
          .run();
      // @end
      assertThat(taken.get()).hasSize(300_000);
      assertThat(socket.isClosed()).isTrue();
    }
  }

  @Test
  void aFileThatIsMissingResetsTheSocket() throws Exception {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var taken = new FutureTask<>(() -> server.accept().getInputStream().readAllBytes());
      Thread.ofVirtual().start(taken);
      var socket = new Socket(server.getInetAddress(), server.getLocalPort());
      var pipeline =
          Pipeline.from(
                  Generator.<ByteBuffer>of(
                      out -> {
                        throw new IOException("gone");
                      }))
              .to(JavaIo.toOutputStream(socket.getOutputStream(), _ -> reset(socket)));
      assertThatThrownBy(pipeline::run).isInstanceOf(PipelineException.class);
      assertThatThrownBy(taken::get).hasCauseInstanceOf(IOException.class);
    }
  }
}
