package highwater;

import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The acknowledgement of one call, in place of the stream's own that serves them all: so a second one is known from
/// the next call's first, and one that was dropped is noticed when it is collected. Made only while the detector
/// tracks.
///
/// Thread rule: any thread, as [Done].
final class Owed implements Done, Absent {
  private final Life life;
  private final Done done;
  private final BooleanSupplier isOtherOwed;
  private final Debt debt;
  private final Cleaner.Cleanable cleanable;

  /// Stands for `done`, for `call` of `life`; `isOtherOwed` says on the strand whether an acknowledgement would count
  /// now.
  Owed(Life life, String call, Done done, BooleanSupplier isOtherOwed) {
    this.life = life;
    this.done = done;
    this.isOtherOwed = isOtherOwed;
    this.debt = new Debt(life.name(), call, life.birth());
    this.cleanable = Birth.Collected.CLEANER.register(this, debt);
  }

  /// What is left of it when it is collected.
  private static final class Debt extends AtomicBoolean implements Runnable {
    private static final long serialVersionUID = 1;

    private final transient String stream;
    private final transient String call;
    private final transient @Nullable Birth birth;

    Debt(String stream, String call, @Nullable Birth birth) {
      this.stream = stream;
      this.call = call;
      this.birth = birth;
    }

    /// Says whether it was owed until now.
    boolean pay() {
      return compareAndSet(false, true);
    }

    @Override
    public void run() {
      // A closed stream waits for nothing.
      if (get() || birth == null || birth.isOver()) return;
      Misuse.tell(
          Misuse.Kind.NEVER_ACKNOWLEDGED,
          stream,
          birth.place(),
          "one "
              + call
              + " of "
              + stream
              + ", made at "
              + birth.place()
              + ", will never be acknowledged, for its `done` was dropped, and the stream waits for it: call done.ok()"
              + " or done.fail() on every path");
    }
  }

  /// Nobody waits for it any more: the call threw.
  void settle() {
    if (debt.pay()) cleanable.clean();
  }

  @Override
  public void absent() {
    settle();
    Absent.in(done);
  }

  @Override
  public void ok() {
    if (debt.pay()) {
      cleanable.clean();
      done.ok();
    } else {
      again(null);
    }
  }

  @Override
  public void fail(Throwable error) {
    if (debt.pay()) {
      cleanable.clean();
      done.fail(error);
    } else {
      again(error);
    }
  }

  private void again(@Nullable Throwable error) {
    var place = CallSite.here();
    if (life.strand.isCurrent()) {
      tell(place);
      passOn(error);
    } else {
      life.strand.post(() -> againInTurn(place, error));
    }
  }

  private void againInTurn(CallSite place, @Nullable Throwable error) {
    try {
      tell(place);
      passOn(error);
    } catch (StreamException refused) {
      // Whoever called is elsewhere by now.
      life.destroyWith(refused);
    }
  }

  /// Where no other call is under way, the stream fails with `ERR_MULTIPLE_CALLBACK` by itself.
  private void tell(CallSite place) {
    if (!Misuse.isOn() || !isOtherOwed.getAsBoolean()) return;
    Misuse.found(
        Misuse.Kind.ACKNOWLEDGED_TWICE,
        life.name(),
        place,
        "a second acknowledgement of one "
            + debt.call
            + " of "
            + life.name()
            + (debt.birth == null ? "" : ", made at " + debt.birth.place() + ",")
            + " at "
            + place
            + ", while the next is under way and would pass for done: call done.ok() or done.fail() once");
  }

  private void passOn(@Nullable Throwable error) {
    if (error == null) done.ok();
    else done.fail(error);
  }
}
