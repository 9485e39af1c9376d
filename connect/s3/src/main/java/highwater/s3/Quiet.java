package highwater.s3;

/// Keeps the SDK's logging off stderr in a program that has chosen no logger.
///
/// SLF4J warns on stderr when it finds no provider. Where there is none, it is told to print errors alone, unless the
/// program has said what it wants; where there is one, that is the program's, and nothing is touched.
final class Quiet {
  private static final String PROVIDERS = "META-INF/services/org.slf4j.spi.SLF4JServiceProvider";
  private static final String VERBOSITY = "slf4j.internal.verbosity";

  private Quiet() {}

  static void loggers() {
    if (System.getProperty(VERBOSITY) != null || System.getProperty("slf4j.provider") != null) return;
    if (hasProvider(Quiet.class.getClassLoader()) || hasProvider(Thread.currentThread().getContextClassLoader()))
      return;
    System.setProperty(VERBOSITY, "ERROR");
  }

  private static boolean hasProvider(ClassLoader loader) {
    return loader != null && loader.getResource(PROVIDERS) != null;
  }
}
