package highwater;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// Opening before the first call (docs/semantics.md, D2).
class ConstructTest {
  @AutoClose private final Scene scene = new Scene();

  /// A sink and source that must be opened first, and batches.
  private final class Opening extends HeldSink<String> implements Source<String>, Constructing {
    private @Nullable Done opening;

    Opening() {
      super(ConstructTest.this.scene);
    }

    @Override
    public void construct(Done done) {
      scene.log("construct");
      opening = done;
    }

    Done opening() {
      if (opening == null) throw new AssertionError("not constructed");
      return opening;
    }

    @Override
    public void read(Feed<String> feed) {
      scene.log("asked");
    }

    @Override
    public void writeBatch(List<String> chunks, Done done) {
      scene.log("batch " + chunks);
      owed.add(done);
    }

    @Override
    public void finish(Done done) {
      scene.log("last step");
      done.ok();
    }

    @Override
    public void destroy(@Nullable Throwable error, Done done) {
      scene.log("hook");
      done.ok();
    }
  }

  private final Opening opening = new Opening();

  private WritableStream<String> writable() {
    return scene.writable(opening, StreamOptions.objects().withMark(2));
  }

  @Test
  void constructIsATickAfterTheBirth() {
    assertThat(
            scene.turn(
                () -> {
                  writable();
                  scene.log("born");
                }))
        .containsExactly("sync born", "tick construct");
    scene.turn(() -> opening.opening().ok());
  }

  @Test
  void chunksWaitUntilItIsConstructed() {
    var stream = writable();
    assertThat(
            scene.turn(
                () -> {
                  assertThat(stream.write("a")).isTrue();
                  assertThat(stream.write("b")).isFalse();
                }))
        .isEmpty();
    assertThat(scene.turn(() -> opening.opening().ok())).containsExactly("tick batch [a, b]");
  }

  @Test
  void anEndWaitsUntilItIsConstructed() {
    var stream = writable();
    assertThat(scene.turn(() -> stream.end(scene.told("ended")))).isEmpty();
    assertThat(scene.turn(() -> opening.opening().ok()))
        .containsExactly("tick last step", "tick 2 ended", "tick 2 finish", "tick 2 hook", "tick 3 close");
  }

  @Test
  void aSourceIsNotAskedUntilItIsConstructed() {
    var stream = scene.<String>readable(opening, StreamOptions.objects());
    assertThat(scene.turn(() -> assertThat(stream.read()).isNull())).isEmpty();
    assertThat(scene.turn(() -> opening.opening().ok())).containsExactly("tick 2 asked");
  }

  @Test
  void aSourceThatNobodyWantsIsNotAskedAfterIt() {
    var _ = scene.<String>readable(opening, StreamOptions.objects());
    assertThat(scene.turn(() -> opening.opening().ok())).isEmpty();
  }

  @Test
  void aFailureDestroysTheStreamAndFailsWhatWaits() {
    var stream = writable();
    scene.turn(
        () -> {
          var _ = stream.write("a", scene.told("written"));
          stream.end(scene.told("ended"));
        });
    assertThat(scene.turn(() -> opening.opening().fail(new IllegalStateException("no such file"))))
        .containsExactly(
            "tick hook",
            "tick 2 written no such file",
            "tick 2 ended no such file",
            "tick 2 error no such file",
            "tick 2 close");
  }

  @Test
  void aDestroyMeanwhileWaitsForIt() {
    var stream = writable();
    assertThat(
            scene.turn(
                () -> {
                  stream.destroy(new IllegalStateException("enough"));
                  assertThat(stream.destroyed()).isTrue();
                }))
        .isEmpty();
    assertThat(scene.turn(() -> opening.opening().ok()))
        .containsExactly("tick hook", "tick 2 error enough", "tick 2 close");
  }

  @Test
  void aDestroyMeanwhileKeepsItsErrorWhenItFailsToo() {
    var stream = writable();
    var stuck = new IllegalStateException("stuck");
    scene.turn(() -> stream.destroy(new IllegalStateException("enough")));
    assertThat(scene.turn(() -> opening.opening().fail(stuck)))
        .containsExactly("tick hook", "tick 2 error enough", "tick 2 close");
    assertThat(stream.errored()).hasSuppressedException(stuck);
  }

  @Test
  void aSecondAcknowledgementFailsTheStream() {
    writable();
    assertThat(
            scene.turn(
                () -> {
                  opening.opening().ok();
                  opening.opening().ok();
                }))
        .containsExactly("tick hook", "tick 2 error ERR_MULTIPLE_CALLBACK", "tick 2 close");
  }

  @Test
  void oneThatIsBothSidesIsConstructedAndDestroyedOnce() {
    var stream =
        scene.make(() -> scene.watch(DuplexStream.<String, String>of(opening, opening, StreamOptions.objects())));
    scene.turn(() -> opening.opening().ok());
    assertThat(scene.turn(() -> stream.destroy())).containsExactly("sync hook", "tick close");
  }

  @Test
  void twoSidesAreConstructedOneAfterTheOther() {
    var second = new Opening();
    assertThat(scene.turn(() -> scene.watch(DuplexStream.<String, String>of(opening, second, StreamOptions.objects()))))
        .containsExactly("tick construct");
    assertThat(scene.turn(() -> opening.opening().ok())).containsExactly("sync construct");
    scene.turn(() -> second.opening().ok());
  }

  @Test
  void theSecondSideIsNotConstructedWhenTheFirstFails() {
    var second = new Opening();
    scene.turn(() -> scene.watch(DuplexStream.<String, String>of(opening, second, StreamOptions.objects())));
    assertThat(scene.turn(() -> opening.opening().fail(new IllegalStateException("no such host"))))
        .containsExactly("tick hook", "tick hook", "tick 2 error no such host", "tick 2 close");
  }

  @Test
  void aTransformerIsConstructedToo() {
    final class OpeningTransformer implements Transformer<String, String>, Constructing {
      @Override
      public void construct(Done done) {
        scene.log("construct");
        done.ok();
      }

      @Override
      public void transform(String chunk, Feed<String> out, Done done) {
        scene.log("transform " + chunk);
        done.ok();
      }
    }
    assertThat(
            scene.turn(
                () -> {
                  var stream = scene.transform(new OpeningTransformer(), StreamOptions.objects());
                  var _ = stream.write("a");
                }))
        .containsExactly("tick construct", "tick 2 transform a");
  }
}
