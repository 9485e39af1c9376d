package highwater.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A session whose driver waits where it should not.
@Timeout(60)
class SessionTest {
  private final CountDownLatch aborting = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

  /// A connection whose abort waits, as one of TLS may while it is written to.
  private Connection stuck() {
    return (Connection)
        Proxy.newProxyInstance(
            SessionTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (_, method, _) -> {
              if (method.getName().equals("abort")) {
                aborting.countDown();
                released.await();
              }
              return method.getName().equals("getAutoCommit") ? Boolean.TRUE : null;
            });
  }

  private void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anAbortThatWaitsHoldsNeitherTheDelaysOfThisProcessNorTheStrand() throws Exception {
    var session = new Session("session", new LentSource(stuck()));
    var calling = new CountDownLatch(1);
    var own =
        CompletableFuture.runAsync(
            () -> {
              try {
                var _ = session.open();
                var failure =
                    catchThrowable(
                        () ->
                            session.run(
                                () -> {
                                  calling.countDown();
                                  await(released);
                                }));
                assertThat(failure).isNull();
                session.release();
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            },
            task -> Thread.ofPlatform().daemon().start(task));
    try {
      await(calling);
      session.stop();
      await(aborting);
      var delay = CompletableFuture.delayedExecutor(1, TimeUnit.NANOSECONDS, Runnable::run);
      CompletableFuture.runAsync(() -> {}, delay).get(30, TimeUnit.SECONDS);
      CompletableFuture.runAsync(session::stop, task -> Thread.ofPlatform().daemon().start(task))
          .get(30, TimeUnit.SECONDS);
      assertThat(own).isNotDone();
    } finally {
      released.countDown();
    }
    own.join();
    assertThat(session.isBroken()).isTrue();
  }
}
