package highwater.io;

import static java.nio.charset.StandardCharsets.UTF_8;

import highwater.strand.Strand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;

/// A process of its own, for what cannot be tested inside one: kills, locks, standard streams.
final class Child {
  private Child() {}

  /// The command line that runs one of the cases of [#main].
  static List<String> command(String... arguments) {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  static Process start(String... arguments) throws IOException {
    return new ProcessBuilder(command(arguments)).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /// Runs a case inside a shell script that calls it as `"$@"`.
  static Process shell(String script, String... arguments) throws IOException {
    var command = new ArrayList<>(List.of("bash", "-c", script, "bash"));
    command.addAll(command(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /// `write PATH`: writes 100,000 bytes, says so, and waits to be killed. `steps PATH`: replaces
  /// it by 100 times `new`, saying each step before it is made. `find DIRECTORY`: counts leftovers. `copy FROM TO`:
  /// copies, `-` being stdin and stdout; exits with 3 when nobody reads. `ask`: asks twice, then copies the rest of stdin.
  public static void main(String[] arguments) throws Exception {
    switch (arguments[0]) {
      case "write" -> write(FileStreams.write(Path.of(arguments[1])));
      case "steps" -> steps(FileStreams.write(Path.of(arguments[1])).durable());
      case "find" -> System.out.println(Leftovers.find(Path.of(arguments[1])).size() + " found");
      case "copy" -> copy(arguments[1], arguments[2]);
      case "ask" -> ask();
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private static void write(FileTarget target) throws Exception {
    Drive.of(Bytes.origin(new byte[200_000], 100_000, true), target)
        .hook(
            step -> {
              if (step < 6) return;
              System.out.println("written");
              System.in.read();
            })
        .run();
  }

  private static void steps(FileTarget target) throws Exception {
    Drive.of(Bytes.origin("new".repeat(100).getBytes(UTF_8), 30, false), target).hook(System.out::println).run();
    System.out.println("done");
  }

  private static void copy(String from, String to) throws Exception {
    try {
      Drive.copy(
          from.equals("-") ? StdStreams.in() : FileStreams.read(Path.of(from)),
          to.equals("-") ? StdStreams.out() : FileStreams.write(Path.of(to)));
    } catch (BrokenPipeException e) {
      System.exit(3);
    } catch (IOException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
    // What is printed now must still reach stdout, which no run closes.
    System.out.print(".");
  }

  private static void ask() throws Exception {
    Strand.run(
        () -> {
          var strand = Strand.current();
          var _ =
              StdStreams.question("name? ")
                  .thenAccept(name -> System.out.println("[" + name + "] " + strand.isCurrent()));
        });
    System.out.println("[" + StdStreams.question("age? ").get() + "]");
    Drive.copy(StdStreams.in(), StdStreams.out());
    try {
      StdStreams.question("more? ").get();
    } catch (ExecutionException e) {
      System.out.println(e.getCause().getMessage());
    }
  }
}
