package highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A certificate and its key as openssl makes them: `NAME.pem` and `NAME.key` in a folder.
///
/// @param folder where they lie
/// @param name the name of both files
record TestPem(Path folder, String name) {
  /// One that nobody has issued, for `host`.
  static TestPem selfSigned(Path folder, String name, String host) throws Exception {
    var pem = new TestPem(folder, name);
    pem.make(host);
    return pem;
  }

  /// One that may issue others.
  static TestPem issuer(Path folder, String name) throws Exception {
    return selfSigned(folder, name, name);
  }

  /// One that this has issued, for `host`.
  TestPem issue(String other, String host) throws Exception {
    var issued = new TestPem(folder, other);
    openssl(
        "req",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        other + ".key",
        "-out",
        other + ".csr",
        "-subj",
        "/CN=" + host);
    openssl(
        "x509",
        "-req",
        "-in",
        other + ".csr",
        "-CA",
        name + ".pem",
        "-CAkey",
        name + ".key",
        "-CAcreateserial",
        "-days",
        "2",
        "-out",
        other + ".pem");
    return issued;
  }

  private void make(String host, String... more) throws Exception {
    var words =
        new ArrayList<>(
            List.of("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", name + ".key", "-out"));
    words.addAll(List.of(name + ".pem", "-subj", "/CN=" + host, "-addext", "subjectAltName=DNS:" + host));
    words.addAll(Arrays.asList(more));
    openssl(words.toArray(String[]::new));
  }

  /// Makes `NAME.p12` of both, with the chain's certificates.
  Path store(String password) throws Exception {
    openssl(
        "pkcs12",
        "-export",
        "-in",
        name + ".pem",
        "-inkey",
        name + ".key",
        "-out",
        name + ".p12",
        "-passout",
        "pass:" + password);
    return folder.resolve(name + ".p12");
  }

  String certificate() {
    return folder.resolve(name + ".pem").toString();
  }

  String key() {
    return folder.resolve(name + ".key").toString();
  }

  private void openssl(String... words) throws Exception {
    var command = new ArrayList<>(List.of("openssl"));
    command.addAll(Arrays.asList(words));
    var process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }
}
