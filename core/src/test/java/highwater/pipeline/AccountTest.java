package highwater.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import highwater.pipeline.Report.StageReport;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The account of one run by a clock that the test turns, to the nanosecond.
final class AccountTest {
  private static final long MS = 1_000_000;

  private long now = 5_000;
  private final Account account = new Account(List.of("read", "gzip", "write"), () -> now);

  private void pass(long nanos) {
    now += nanos;
  }

  private void begin() {
    account.queued("the budget");
    pass(7 * MS);
    account.begin();
    account.beginTurn();
  }

  private void times(int stage, long busy, long starved, long blocked) {
    var times = account.report().stages().get(stage);
    assertThat(List.of(times.busyNanos(), times.starvedNanos(), times.blockedNanos()))
        .describedAs(times.name())
        .isEqualTo(List.of(busy, starved, blocked));
  }

  private static void sums(Report report) {
    for (var stage : report.stages()) {
      assertThat(sum(stage)).describedAs(stage.name()).isEqualTo(report.elapsed().toNanos());
    }
  }

  private static long sum(StageReport stage) {
    return stage.busyNanos() + stage.starvedNanos() + stage.blockedNanos();
  }

  @Test
  void theTimeBeforeTheFirstPartIsNoLife() {
    account.queued("the budget");
    pass(MS);
    var queued = account.report();
    assertThat(queued.elapsed()).isZero();
    assertThat(queued.waitsFor()).isEqualTo("the budget");
    assertThat(queued.busyStage()).isEqualTo(-1);
    pass(MS);
    account.begin();
    assertThat(account.report().elapsed()).isZero();
  }

  @Test
  void eachStageHasTheTimeInWhichItHeldTheWork() {
    begin();
    account.enter(2);
    pass(1);
    account.enter(0);
    pass(10);
    account.enter(1);
    pass(200);
    account.enter(2);
    pass(3_000);
    account.endTurn("the disk");
    pass(40_000);
    times(0, 10, 0, 43_201);
    times(1, 200, 10, 43_001);
    times(2, 43_001, 210, 0);
    var report = account.report();
    sums(report);
    assertThat(report.busyStage()).isEqualTo(2);
    assertThat(report.waitsFor()).isEqualTo("the disk");
    account.beginTurn();
    account.enter(0);
    pass(9);
    account.endTurn(null);
    account.end();
    pass(MS);
    times(0, 19, 0, 43_201);
    assertThat(account.report().busyStage()).isEqualTo(-1);
    assertThat(account.report().elapsed().toNanos()).isEqualTo(43_220);
  }

  @Test
  void aCallThatTakesLongIsTheStagesThatMakesItWhileItGoesOn() {
    begin();
    account.enter(0);
    pass(10);
    account.enter(1);
    pass(60_000 * MS);
    times(1, 60_000 * MS, 10, 0);
    sums(account.report());
  }

  @Test
  void whatIsNotLookedAtIsDividedAsWhatWasLookedAtLast() {
    begin();
    // Fast: the last one that is looked at.
    account.enter(0);
    pass(10);
    account.enter(1);
    pass(30);
    account.endBatch(now, 64);
    assertThat(account.isExact()).isFalse();
    for (int i = 0; i < 100; i++) {
      account.enter(0);
      pass(1);
      account.enter(1);
      pass(3);
    }
    account.endTurn(null);
    times(0, 110, 0, 330);
    times(1, 330, 110, 0);
    sums(account.report());
  }

  @Test
  void aSlowBatchHasTheNextOneLookedAtBorderByBorder() {
    begin();
    account.enter(0);
    pass(10);
    account.enter(1);
    pass(10);
    account.endBatch(now, 64);
    account.enter(0);
    pass(2 * MS);
    account.enter(1);
    account.endBatch(now, 4);
    assertThat(account.isExact()).isTrue();
    account.enter(0);
    pass(5 * MS);
    account.enter(1);
    pass(MS);
    account.endBatch(now, 4);
    account.endTurn(null);
    times(0, 10 + MS + 5 * MS, 0, 10 + MS + MS);
    sums(account.report());
  }

  /// A large chunk ends a batch at each border.
  @Test
  void whereSlowBatchesAndQuickOnesTakeTurnsAllAreLookedAt() {
    begin();
    for (int i = 0; i < 10; i++) {
      account.enter(0);
      pass(12 * MS);
      account.endBatch(now, 3);
      account.enter(1);
      pass(500);
      account.enter(2);
      pass(500);
      account.endBatch(now, 2);
      assertThat(account.isExact()).isTrue();
    }
    account.endTurn(null);
    times(0, 120 * MS, 0, 10_000);
    times(1, 5_000, 120 * MS, 5_000);
    sums(account.report());
  }

  @Test
  void aReportInsideALongCallOfAFastRunBlamesItsStage() {
    begin();
    account.enter(0);
    pass(10);
    account.enter(1);
    pass(10);
    account.endBatch(now, 64);
    account.enter(0);
    pass(60_000 * MS);
    var report = account.report();
    sums(report);
    assertThat(report.busyStage()).isZero();
    assertThat(report.stages().getFirst().busyNanos()).isEqualTo(59_998 * MS + 10);
    account.enter(1);
    account.endTurn(null);
    var later = account.report();
    sums(later);
    assertThat(later.stages().getFirst().busyNanos()).isGreaterThanOrEqualTo(report.stages().getFirst().busyNanos());
  }

  @Test
  void twoThatWorkAsOneAreBothBusy() {
    begin();
    account.enterBoth(0, 1);
    pass(100);
    account.enter(1);
    pass(10);
    account.endTurn(null);
    times(0, 100, 0, 10);
    times(1, 110, 0, 0);
    sums(account.report());
  }

  @Test
  void aWaitThatIsOverInATurnWhoseFiguresAreNotShownYetIsNotTakenForOpen() {
    begin();
    account.enter(2);
    account.full(2);
    account.endTurn("the disk");
    pass(5 * MS);
    account.beginTurn();
    pass(1);
    account.drained(2);
    pass(10 * MS);
    assertThat(account.report().stages().get(2).longestWaitNanos()).isEqualTo(5 * MS);
    account.endTurn(null);
    assertThat(account.report().stages().get(2).longestWaitNanos()).isEqualTo(5 * MS + 1);
  }

  @Test
  void whatIsOverStaysAsItIsWhateverAnswersAreLate() {
    begin();
    account.enter(1);
    pass(MS);
    account.endTurn(null);
    account.end();
    var over = account.report();
    pass(MS);
    account.beginTurn();
    account.enter(0);
    account.moved(0, 1);
    pass(MS);
    account.endTurn("an answer");
    pass(MS);
    assertThat(account.report()).isEqualTo(over);
  }

  @Test
  void aSpellThatAStageMakesTheOneBeforeItWaitHasALength() {
    begin();
    account.enter(2);
    account.full(2);
    account.endTurn("the disk");
    pass(5 * MS);
    var waiting = account.report().stages().get(2);
    assertThat(waiting.isFull()).isTrue();
    assertThat(waiting.longestWaitNanos()).isEqualTo(5 * MS);
    account.beginTurn();
    // Told once more in the same spell.
    account.full(2);
    assertThat(account.isAnyFull()).isTrue();
    account.drained(2);
    account.drained(2);
    assertThat(account.isAnyFull()).isFalse();
    account.full(2);
    pass(MS);
    account.endTurn(null);
    account.end();
    var over = account.report().stages().get(2);
    assertThat(over.falseAnswers()).isEqualTo(2);
    assertThat(over.drains()).isEqualTo(2);
    assertThat(over.isFull()).isFalse();
    assertThat(over.longestWaitNanos()).isEqualTo(5 * MS);
  }
}
