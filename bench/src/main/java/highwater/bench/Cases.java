package highwater.bench;

import java.util.List;

/// What is measured inside processes, and beside whom.
final class Cases {
  private static final String HIGHWATER = "highwater";
  private static final String JAVA = "java.util.stream";
  private static final String REACTOR = "reactor";

  /// The bytes of two boxed Longs, which is what the work itself makes for each object.
  private static final double BOXES = 48;

  private Cases() {}

  static List<Case> all() {
    return List.of(
        objects(),
        objectsAmongOthers(),
        passThrough(),
        classicPassThrough(),
        boundary(Work.BOUNDARY),
        boundary(Work.BOUNDARY_AWAKE).keptAwake(),
        slowSink(),
        idle());
  }

  private static Case objects() {
    return new Case(
        Work.OBJECTS,
        Measured.TIME,
        List.of(
            object(HIGHWATER, "highwater"),
            object(JAVA, "javaUtilStream"),
            object("mutiny", "mutiny"),
            object("rxjava", "rxjava"),
            object(REACTOR, "reactor"),
            object("pekko", "pekko"),
            object("loop(limit)", "loop")),
        List.of(JAVA),
        List.of(Bar.ratio(HIGHWATER, Measured.TIME, 0.9, JAVA), Bar.itself(HIGHWATER, Measured.ALLOCATED, BOXES)),
        false);
  }

  private static Contender object(String name, String method) {
    return new Measured(name, Objects.class, method, Work.OBJECTS.items, 1);
  }

  private static Case objectsAmongOthers() {
    return new Case(
        Work.OBJECTS_AMONG_FIVE,
        Measured.TIME,
        List.of(
            objectAmongOthers(HIGHWATER, "highwater"),
            objectAmongOthers(JAVA, "javaUtilStream"),
            objectAmongOthers(REACTOR, "reactor")),
        List.of(JAVA, REACTOR),
        List.of(),
        false);
  }

  private static Contender objectAmongOthers(String name, String method) {
    return new Measured(name, Objects.AmongOthers.class, method, Work.OBJECTS_AMONG_FIVE.items, 1);
  }

  private static Case passThrough() {
    return new Case(
        Work.PASS_THROUGH,
        Measured.TIME,
        List.of(
            passing(HIGHWATER, "highwater"),
            passing("highwater-parts", "highwaterParts"),
            passing("vertx", "vertx"),
            passing(REACTOR, "reactor"),
            passing("rxjava", "rxjava"),
            passing("pekko", "pekko")),
        List.of("vertx"),
        List.of(Bar.ratio(HIGHWATER, Measured.TIME, 0.93, "vertx")),
        false);
  }

  private static Contender passing(String name, String method) {
    return new Measured(name, PassThroughs.class, method, Work.PASS_THROUGH.items, PassThroughs.STAGES);
  }

  private static Case classicPassThrough() {
    return new Case(
        Work.PASS_THROUGH_CLASSIC,
        Measured.TIME,
        List.of(
            passing(HIGHWATER, "classic"),
            Node.contender("passthrough", pace -> pace.of(Work.PASS_THROUGH_CLASSIC.items))),
        List.of(Node.NAME),
        List.of(Bar.ratio(HIGHWATER, Measured.TIME, 0.25, Node.NAME)),
        false);
  }

  private static Case boundary(Work work) {
    return new Case(
        work,
        Measured.TIME,
        List.of(
            crossing(HIGHWATER, "highwater"),
            crossing("highwater-generator", "generator"),
            crossing(REACTOR, "reactor"),
            crossing("rxjava", "rxjava"),
            crossing("pekko", "pekko"),
            crossing("SubmissionPublisher", "submissionPublisher"),
            crossing("queue", "queue"),
            crossing("queue-virtual", "queueVirtual"),
            crossing("jox", "jox")),
        List.of("queue-virtual", REACTOR),
        List.of(
            Bar.ratio(
                HIGHWATER,
                Measured.TIME,
                0.5,
                REACTOR,
                "rxjava",
                "pekko",
                "SubmissionPublisher",
                "queue",
                "queue-virtual")),
        false);
  }

  private static Contender crossing(String name, String method) {
    return new Measured(name, Boundary.class, method, Work.BOUNDARY.items, 1);
  }

  private static Case slowSink() {
    var peers = List.of("queue", REACTOR, "vertx", "pekko", Node.NAME);
    List<Contender> contenders =
        List.of(
            slow(HIGHWATER, "highwater"),
            slow("queue"),
            slow(REACTOR, "reactor", "reactive-streams"),
            slow("vertx", "vertx", "netty", "jackson", "jctools"),
            slow("pekko", "pekko", "scala", "config", "ssl-config", "reactive-streams"),
            Node.contender("slow", _ -> SlowSink.CHUNKS));
    return new Case(
        Work.SLOW,
        Measured.PEAK,
        contenders,
        List.of("queue", Node.NAME),
        List.of(Bar.itself(HIGHWATER, SlowSink.OF_BOUND, 1), Bar.below(HIGHWATER, Measured.PEAK, peers)),
        false);
  }

  private static Contender slow(String name, String... jars) {
    return new ChildProcess(
        name,
        "",
        // All of them at any pace: what the compilers take, which is most of what differs, comes with the number.
        _ ->
            ChildProcess.javaWith(
                List.of(jars),
                List.of("-Xmx32m", "-XX:+UseSerialGC", "--sun-misc-unsafe-memory-access=allow"),
                SlowSink.class,
                List.of(name, Integer.toString(SlowSink.CHUNKS))));
  }

  private static Case idle() {
    return new Case(
        Work.IDLE,
        Idle.HEAP,
        List.of(waiting(HIGHWATER), waiting(REACTOR), waiting("vertx"), Node.contender("idle", _ -> Idle.PIPELINES)),
        List.of(REACTOR, Node.NAME),
        List.of(Bar.itself(HIGHWATER, Idle.HEAP, 900)),
        false);
  }

  private static Contender waiting(String name) {
    return new ChildProcess(
        name,
        "",
        pace ->
            ChildProcess.java(
                List.of("-Xms1g", "-Xmx1g", "--sun-misc-unsafe-memory-access=allow"),
                Idle.class,
                List.of(name, Integer.toString(Idle.PIPELINES))));
  }
}
