package highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The grammar of `docs/command.md`, Words: each rule, and each hint.
class RouteTest {
  private static final String STAGES =
      Stream.of(StageName.values()).map(stage -> stage.word).collect(Collectors.joining(" "));

  private static Route parse(String words) throws CommandException {
    return Route.parse(List.of(words.split(" ")));
  }

  /// The route in one line: sources ─ stages ─ sink.
  private static String shape(String words) throws CommandException {
    var route = parse(words);
    var sources = route.sources().stream().map(End::name).toList();
    var stages = route.stages().stream().map(StageWord::text).toList();
    return sources + " " + stages + " " + route.sink().name();
  }

  private static void refused(String words, String message) {
    assertThatThrownBy(() -> parse(words).withNamedSink())
        .isInstanceOf(CommandException.class)
        .hasMessage(message)
        .extracting(e -> ((CommandException) e).code())
        .isEqualTo(ExitCode.USAGE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "in.log gzip out.gz       | [in.log] [gzip] out.gz",
        "a b c gzip:9 ./out       | [a, b, c] [gzip:9] ./out",
        "gzip                     | [stdin] [gzip] stdout",
        "gzip out.gz              | [stdin] [gzip] out.gz",
        "in.log gzip              | [in.log] [gzip] stdout",
        "- gzip -                 | [stdin] [gzip] stdout",
        "a - b count -            | [a, stdin, b] [count] stdout",
        "in.log out.log           | [in.log] [] out.log",
        "- -                      | [stdin] [] stdout",
        "gzip gunzip count hash:md5 | [stdin] [gzip, gunzip, count, hash:md5] stdout",
        "./gzip gzip ./count      | [./gzip] [gzip] ./count",
        "gzip.log gzip out.gz     | [gzip.log] [gzip] out.gz",
        "counts teas/x gzip x.gz  | [counts, teas/x] [gzip] x.gz",
        "C:\\in.log gzip D:/out   | [C:\\in.log] [gzip] D:/out",
        "a:b c.d                  | [a:b] [] c.d",
        "2026-01-01T10:00 x.y     | [2026-01-01T10:00] [] x.y",
        "app.log:1 x.y            | [app.log:1] [] x.y",
        "./s3://a/b ./http:x      | [./s3://a/b] [] ./http:x",
        "in.log tee:a,b=c gzip -  | [in.log] [tee:a,b=c, gzip] stdout"
      })
  void wordsBecomeSourcesStagesAndASink(String words, String shape) throws CommandException {
    assertThat(shape(words)).isEqualTo(shape);
  }

  @Test
  void aStageHasAValueAndKeys() throws CommandException {
    var stage = parse("gzip:9,workers=2,block=1M").stages().getFirst();
    assertThat(stage.value()).isEqualTo("9");
    assertThat(stage.keys()).isEqualTo(Map.of("workers", "2", "block", "1M"));
    assertThat(parse("gzip,workers=2").stages().getFirst().value()).isNull();
  }

  @Test
  void teeTakesAllThatFollowsAsAPath() throws CommandException {
    var stage = parse("tee:C:\\a,b=c").stages().getFirst();
    assertThat(stage.value()).isEqualTo("C:\\a,b=c");
    assertThat(stage.keys()).isEmpty();
  }

  @Test
  void aBrokenKeyIsRefused() {
    refused("gzip:9,x ./o", "gzip:9,x: 'x' (expected: key=value after the comma; a file is ./gzip:9,x)");
    refused("gzip,a=1,a=2 ./o", "gzip,a=1,a=2: a twice (expected: once)");
  }

  @ParameterizedTest
  @CsvSource({
    "a gzip, true, GZIP",
    "a gzip -, false, GZIP",
    "a gzip ./o, false, GZIP",
    "a - , false, ",
    "a deflate hash:md5 count, true, DEFLATE",
    "a gzip gunzip, true, ",
    "a inflate gzip, true, GZIP",
    "count, true, "
  })
  void theLastStageThatChangesTheFormatSaysWhetherTheSinkGetsItCompressed(
      String words, boolean impliedSink, @Nullable StageName compression) throws CommandException {
    assertThat(parse(words).impliedSink()).isEqualTo(impliedSink);
    assertThat(parse(words).compression()).isEqualTo(compression);
  }

  @Test
  void noWordAndAnEmptyWordAreRefused() {
    assertThatThrownBy(() -> Route.parse(List.of())).hasMessageStartingWith("nothing to pipe (expected: ");
    assertThatThrownBy(() -> Route.parse(List.of("in.log", "", "gzip")))
        .hasMessage("word 2 is empty (expected: a path, a stage or -; is a variable unset?)");
  }

  @Test
  void withoutAStageThereAreExactlyTwoWords() {
    refused(
        "in.log",
        "only in.log (expected: a source and a sink, as in highwater pipe in.log -;" + " stages: " + STAGES + ")");
    refused(
        "a.log b.log c.log",
        "3 words and no stage (expected: a source and a sink, or a stage between; to join files unchanged write count"
            + " before the sink; stages: "
            + STAGES
            + ")");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "in.log gzpi         | gzpi   | gzip",
        "gnuzip              | gnuzip | gunzip",
        "in.log gnuzip o.gz  | gnuzip | gunzip",
        "in.log gzip conut   | conut  | count",
        "in.log gzip conut x | conut  | count",
        "gzip gzpi count     | gzpi   | gzip",
        "in.log gzpi:9       | gzpi:9 | gzip:9",
        "x md5 -             | md5    | hash:md5",
        "x gzip SHA-256      | SHA-256 | hash:sha256",
        "crc32 x gzip crc32c - | crc32c | hash:crc32c"
      })
  void aMistypedStageIsRefusedAndNamed(String words, String word, String meant) {
    refused(words, word + " is not a stage (did you mean " + meant + "? For a file of that name write ./" + word + ")");
  }

  @ParameterizedTest
  @ValueSource(strings = {"in.log out", "in.log gzip out", "gzip out", "- out"})
  void aBareLastWordIsRefusedWithItsPath(String words) {
    refused(words, "out is not a stage (for a file of that name write ./out)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"in.log gzip ./out", "in.log gzip a/out", "in.log gzip out.gz", "in.log gzip a\\out"})
  void aLastWordThatLooksLikeAPathIsASink(String words) throws CommandException {
    assertThat(parse(words).sink()).isInstanceOf(End.File.class);
  }

  @Test
  void anUnknownSchemeIsRefusedAtBothEnds() {
    refused("ftp://b/k gzip o.gz", unknown("ftp", "ftp://b/k"));
    refused("in.log gzip git+ssh:x", unknown("git+ssh", "git+ssh:x"));
  }

  private static String unknown(String scheme, String word) {
    return word
        + ": the scheme "
        + scheme
        + ": is not known (expected: exec:, sh:, http://, https://, s3://, tcp://, tls://, unix:, tcp-listen://,"
        + " tls-listen://, unix-listen:, jdbc: or postgres-copy:; for a file of that name write ./"
        + word
        + ")";
  }

  @Test
  void aSocketIsAHostAndAPortOrAPath() throws CommandException {
    assertThat(of("tcp://h:1", "TLS://[::1]:65535"))
        .extracting(route -> route.sources().getFirst(), Route::sink)
        .containsExactly(
            new End.Socket("tcp://h:1", false, "h", 1), new End.Socket("TLS://[::1]:65535", true, "::1", 65_535));
    assertThat(of("unix:/run/it.sock", "-").sources()).first().isEqualTo(End.UnixSocket.of("unix:/run/it.sock"));
    assertThat(of("tls-listen://[::]:0", "unix-listen:s"))
        .extracting(route -> route.sources().getFirst(), Route::sink)
        .containsExactly(
            new End.Listening("tls-listen://[::]:0", true, "::", 0),
            new End.UnixListening("unix-listen:s", Path.of("s")));
    refusedWords("tcp:h:1: no slashes (expected: tcp://HOST:PORT, as in tcp://localhost:7000)", "tcp:h:1", "-");
    refusedWords("tcp://h: no port (expected: tcp://HOST:PORT, as in tcp://localhost:7000)", "-", "tcp://h");
    refusedWords("tls://[::1]: no port (expected: tls://HOST:PORT, as in tls://localhost:7000)", "tls://[::1]", "-");
    for (String port : List.of("", "0", "65536", "1/", "x", "99999999999")) {
      refusedWords(
          "tcp://h:" + port + ": no port from 1 to 65535 (expected: tcp://HOST:PORT, as in tcp://localhost:7000)",
          "tcp://h:" + port,
          "-");
    }
    refusedWords(
        "tcp://::1:80: an address of IPv6 without brackets (expected: tcp://HOST:PORT, as in tcp://localhost:7000)",
        "tcp://::1:80",
        "-");
    for (String every : List.of("", "*")) {
      var place = End.Listening.of("tcp-listen://" + every + ":7000");
      assertThat(place).isEqualTo(new End.Listening("tcp-listen://" + every + ":7000", false, "0.0.0.0", 7000));
    }
    refusedWords("tcp://:1: no host (expected: tcp://HOST:PORT, as in tcp://localhost:7000)", "tcp://:1", "-");
    refusedWords("unix:: no path (expected: unix:PATH, as in unix:/run/it.sock)", "unix:", "-");
    refusedWords(
        "unix-listen:: no path (expected: unix-listen:PATH, as in unix-listen:/run/it.sock)", "-", "unix-listen:");
  }

  @Test
  void aUserOrAPasswordInASocketsWordIsRefusedAndNotPrinted() {
    for (String word :
        List.of(
            "tcp://user:pw@h:1",
            "tcp://user:pw@pw@h:1",
            "tcp:user:pw@h:1",
            "tcp://pw@h:1",
            "tcp://user:pw@[::1]:1/x")) {
      assertThatThrownBy(() -> of(word, "-"))
          .hasMessageStartingWith("tcp://…@")
          .hasMessageContaining("a user and a password in a word are seen by everybody")
          .hasMessageEndingWith("(expected: tcp://HOST:PORT)")
          .message()
          .doesNotContain("pw")
          .doesNotContain("user:");
    }
    refusedWords(
        "tls-listen://…@h:1: a user and a password in a word are seen by everybody on this machine, and a socket takes"
            + " none (expected: tls-listen://HOST:PORT)",
        "tls-listen://me:pw@h:1",
        "-");
    assertThatThrownBy(() -> of("ftp://me:pw@host/file", "-"))
        .hasMessageStartingWith("ftp://…@host/file: the scheme ftp: is not known")
        .message()
        .doesNotContain("pw");
  }

  /// The route, whose words may hold blanks.
  private static Route of(String... words) throws CommandException {
    return Route.parse(List.of(words)).withNamedSink();
  }

  private static void refusedWords(String message, String... words) {
    assertThatThrownBy(() -> of(words)).isInstanceOf(CommandException.class).hasMessage(message);
  }

  @Test
  void aProgramIsASourceFirstASinkLastAndAStageBetween() throws CommandException {
    var route = of("exec:./dump all", "gzip", "exec:'./to s3' x\\ y \"a'b\"");
    assertThat(((End.Program) route.sources().getFirst()).words()).containsExactly("./dump", "all");
    assertThat(((End.Program) route.sink()).words()).containsExactly("./to s3", "x y", "a'b");
    var stages = of("in.log", "exec:sort -u", "sh:grep x | cat", "./out").stages();
    assertThat(stages).extracting(StageWord::name).containsExactly(StageName.EXEC, StageName.SH);
    assertThat(of("sh:a, b | c", "exec:wc").stages()).isEmpty();
    assertThat(((End.Program) of("sh:a, b | c", "./x").sources().getFirst()).words())
        .containsExactly("/bin/sh", "-c", "a, b | c");
  }

  @Test
  void aProgramNeedsWordsAndClosedQuotes() {
    refusedWords("exec: : no program (expected: exec:'PROGRAM ARGS' or sh:'SCRIPT')", "exec: ", "./x");
    refusedWords("exec:a 'b: the quote ' is not closed (expected: two)", "exec:a 'b", "./x");
  }

  @Test
  void anAddressShowsNeitherPasswordsNorQueries() throws CommandException {
    assertThat(of("https://h/a/b.gz?sig=1", "./x").sources().getFirst().name()).isEqualTo("https://h/a/b.gz?…");
    assertThatThrownBy(() -> of("https://u:pw@h/a?t=pw", "./x"))
        .hasMessageStartingWith("https://…@h/a?…: a user and password in a word are seen by everybody")
        .hasMessageContaining("--header @FILE")
        .hasMessageNotContaining("pw");
    assertThatThrownBy(() -> of("http:x", "./x")).hasMessageContaining("no host");
    assertThatThrownBy(() -> of("http://h/a b", "./x")).hasMessageContaining("no address");
  }

  @Test
  void anObjectHasABucketAndAKey() throws CommandException {
    var stored = (End.Stored) of("s3://b/k/l", "./x").sources().getFirst();
    assertThat(stored.bucket() + " " + stored.key()).isEqualTo("b k/l");
    refusedWords(
        "s3:k: no object (expected: s3://BUCKET/KEY; credentials come from the environment or ~/.aws)", "s3:k", "./x");
    assertThatThrownBy(() -> of("s3://id:secret@b/k", "./x")).hasMessageNotContaining("secret");
  }

  @Test
  void aSinkThatEndsInASlashTakesTheNameOfAnyEndThatHasOne() throws CommandException {
    assertThat(of("in.log", "gzip", "s3://b/logs/").sink().name()).isEqualTo("s3://b/logs/in.log.gz");
    assertThat(of("s3://b/x/y.zst", "unzstd", "out/").sink().name()).isEqualTo("out/y");
    assertThat(of("https://h/p/a.tar.xz?v=1", "decompress", "zstd", "s3://b/").sink().name())
        .isEqualTo("s3://b/a.tar.zst");
    assertThatThrownBy(() -> of("exec:dump", "gzip", "s3://b/"))
        .hasMessage("s3://b/: no name for the object (expected: one source that has a name, or a sink with a name)");
  }

  @Test
  void aSchemeHasTwoCharactersOrMoreAndBeginsWithALetter() {
    assertThat(Route.schemeLength("s3://x")).isEqualTo(2);
    assertThat(Route.schemeLength("a:b")).isZero();
    assertThat(Route.schemeLength("1a:b")).isZero();
    assertThat(Route.schemeLength("./a:b")).isZero();
    assertThat(Route.schemeLength(":x")).isZero();
    assertThat(Route.schemeLength("a.b:c")).isZero();
  }

  @Test
  void nothingStandsBetweenStagesOrAfterTheSink() {
    refused(
        "in.log gzip out.gz count",
        "out.gz stands before the stage count (expected: sources, then stages, then one sink;"
            + " stages: "
            + STAGES
            + ")");
    refused("in.log gzip a.gz b.gz", "a.gz and b.gz after the last stage (expected: one sink; stages: " + STAGES + ")");
  }

  @Test
  void stdinIsASourceOnceAndStdoutWrittenOnce() {
    refused("- - count -", "stdin is a source 2 times (expected: - once)");
    refused("in.log tee:- gzip", "stdout is written twice (expected: the sink or one tee:-, not both)");
    refused("in.log tee:- tee:- o.gz", "stdout is written twice (expected: the sink or one tee:-, not both)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a/in.log gzip out/          | out/in.log.gz",
        "in.log out/                 | out/in.log",
        "in.log.gz gunzip out/       | out/in.log",
        "in.tgz gunzip out/          | out/in.tar",
        "in.log deflate /            | /in.log.zz",
        "in.zz inflate hash:md5 out/ | out/in",
        "in.gz gunzip gzip:9 out/    | out/in.gz",
        "in.log count out/           | out/in.log"
      })
  void aSinkThatEndsInASlashTakesTheSourcesName(String words, String sink) throws CommandException {
    assertThat(parse(words).withNamedSink().sink().name()).isEqualTo(sink);
  }

  @Test
  void aSinkThatEndsInASlashNeedsOneNameWithTheRightSuffix() {
    String expected = "out/: no name for the file in it (expected: one source that has a name, or a sink with a name)";
    refused("gzip out/", expected);
    refused("a b gzip out/", expected);
    refused("- out/", expected);
    refused(
        "in.log gunzip out/",
        "in.log does not end in .gz, so gunzip cannot name its output (expected: a sink with a name, not a folder)");
    refused(
        ".gz gunzip out/",
        ".gz does not end in .gz, so gunzip cannot name its output (expected: a sink with a name, not a folder)");
  }
}
