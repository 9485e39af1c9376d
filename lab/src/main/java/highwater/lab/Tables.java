package highwater.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/// The tables of the experiment, those of the guides: time, collections, memory and system, and the bystander.
final class Tables {
  private Tables() {}

  /// All of them, in order.
  static List<Table> of(Outcome outcome) {
    return List.of(time(outcome), collections(outcome), system(outcome), bystander(outcome));
  }

  private static Table time(Outcome outcome) {
    var rows = new ArrayList<Table.Row>();
    for (int trial = 0; trial < outcome.plan().trials(); trial++) {
      int index = trial;
      rows.add(
          row(
              outcome,
              "trial " + (trial + 1),
              group -> seconds(group.trials().get(index).realSeconds()) + died(group, index)));
    }
    rows.add(row(outcome, "mean", group -> seconds(group.mean(TrialResult::realSeconds))));
    rows.add(row(outcome, "ignores / respects", group -> number(outcome.comparison(group.engine()).timeRatio(), 3)));
    return new Table("Time, s", columns(outcome), rows);
  }

  private static String died(Group group, int trial) {
    return group.trials().get(trial).death() == null ? "" : " †";
  }

  private static Table collections(Outcome outcome) {
    return new Table(
        "Collections, ms",
        columns(outcome),
        List.of(
            row(outcome, "collections a trial", group -> number(group.mean(trial -> trial.pauses().size()), 0)),
            row(outcome, "mean pause", group -> number(group.pause().mean(), 2)),
            row(outcome, "longest pause", group -> number(group.pause().max(), 1)),
            row(outcome, "paused a trial, in all", group -> number(group.pause().sum() / group.trials().size(), 0)),
            row(outcome, "mean of the first third", group -> number(group.byCollections().first(), 2)),
            row(outcome, "mean of the middle third", group -> number(group.byCollections().middle(), 2)),
            row(outcome, "mean of the last third", group -> number(group.byCollections().last(), 2)),
            row(outcome, "last / first", group -> number(group.byCollections().growth(), 2)),
            row(outcome, "in the first third of the time", group -> number(group.byTime().first(), 2)),
            row(outcome, "in the last third of the time", group -> number(group.byTime().last(), 2))));
  }

  private static Table system(Outcome outcome) {
    return new Table(
        "Memory and system, means of the trials",
        columns(outcome),
        List.of(
            row(outcome, "real, s", group -> seconds(group.mean(TrialResult::realSeconds))),
            row(outcome, "user, s", group -> seconds(group.mean(trial -> trial.proc().userNanos() / 1e9))),
            row(outcome, "sys, s", group -> seconds(group.mean(trial -> trial.proc().systemNanos() / 1e9))),
            row(outcome, "max resident, of any trial", group -> Bytes.text(group.peakResidentBytes())),
            row(
                outcome,
                "max resident",
                group -> Bytes.text((long) group.mean(trial -> trial.proc().residentPeakBytes()))),
            row(
                outcome,
                "most that waited for gzip",
                group -> Bytes.text((long) group.max(TrialResult::peakBufferedBytes))),
            row(outcome, "write() said false", group -> count(group.mean(TrialResult::falseAnswers))),
            row(outcome, "drain followed", group -> count(group.mean(TrialResult::drains))),
            row(outcome, "minor page faults", group -> count(group.mean(trial -> trial.proc().minorFaults()))),
            row(outcome, "major page faults", group -> count(group.mean(trial -> trial.proc().majorFaults()))),
            row(outcome, "read from disks", group -> Bytes.text((long) group.mean(trial -> trial.proc().readBytes()))),
            row(
                outcome,
                "written to disks",
                group -> Bytes.text((long) group.mean(trial -> trial.proc().writtenBytes()))),
            row(outcome, "voluntary switches", group -> count(group.mean(trial -> trial.proc().voluntarySwitches()))),
            row(
                outcome,
                "involuntary switches",
                group -> count(group.mean(trial -> trial.proc().involuntarySwitches())))));
  }

  private static Table bystander(Outcome outcome) {
    var columns = new ArrayList<String>();
    columns.add("alone");
    columns.addAll(columns(outcome));
    return new Table(
        "Bystander's delay, ms",
        columns,
        List.of(
            bystander(outcome, "half of the time at most", latency -> latency.p50() / 1000.0),
            bystander(outcome, "99 in 100 at most", latency -> latency.p99() / 1000.0),
            bystander(outcome, "longest", latency -> latency.max() / 1000.0)));
  }

  /// The mean over the trials; of the longest, too.
  private static Table.Row bystander(Outcome outcome, String label, Function<Latency, Double> figure) {
    var cells = new ArrayList<String>();
    cells.add(number(figure.apply(outcome.alone()), 2));
    for (var group : outcome.groups()) cells.add(number(group.mean(trial -> figure.apply(trial.bystander())), 2));
    return new Table.Row(label, cells);
  }

  private static Table.Row row(Outcome outcome, String label, Function<Group, String> cell) {
    return new Table.Row(label, outcome.groups().stream().map(cell).toList());
  }

  private static List<String> columns(Outcome outcome) {
    return outcome.groups().stream().map(Group::title).toList();
  }

  private static String seconds(double seconds) {
    return number(seconds, 2);
  }

  private static String count(double count) {
    return String.format(Locale.ROOT, "%,.0f", count);
  }

  private static String number(double value, int decimals) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%." + decimals + "f", value) : "none";
  }
}
