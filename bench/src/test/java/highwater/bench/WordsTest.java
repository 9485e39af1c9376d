package highwater.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The command line of the benchmarks.
class WordsTest {
  @Test
  void withoutNamesAllIsMeasured() {
    var words = Words.of("--quick");
    assertThat(words.isAll()).isTrue();
    assertThat(words.isQuick()).isTrue();
    assertThat(words.works()).containsExactly(Work.values());
  }

  @Test
  void namesOfAllKindsStandBesideOneAnother() {
    var words = Words.of("gzip", "accounts-objects", "idle", "--rounds=9");
    assertThat(words.works()).containsExactly(Work.IDLE, Work.ACCOUNTS_OBJECTS, Work.RACE_GZIP);
    assertThat(words.rounds()).isEqualTo(9);
    assertThat(words.of(Work.Kind.RACE)).containsExactly(Work.RACE_GZIP);
  }

  @Test
  void aNameStandsForAllThatBeginWithItAndADash() {
    assertThat(Words.of("boundary").works()).containsExactly(Work.BOUNDARY, Work.BOUNDARY_AWAKE);
    assertThat(Words.of("accounts").works()).hasSize(6).allMatch(work -> work.kind == Work.Kind.ACCOUNTS);
    assertThat(Words.of("objects").works()).containsExactly(Work.OBJECTS, Work.OBJECTS_AMONG_FIVE);
  }

  @ParameterizedTest
  @EnumSource
  void eachIsInTheListAndInTheMessageForAnotherName(Work work) {
    assertThat(Words.answer("--list")).contains(work.word + " ", work.done(work.items));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Words.of("objects", "nosuch"))
        .withMessageContaining("nosuch")
        .withMessageContaining(work.word);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--nosuch", "--mb", "--rounds", "--rounds=", "--rounds=0", "--rounds=x", "--rounds=10000"})
  void anOptionThatThereIsNotIsRefused(String option) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Words.of("accounts", option))
        .withMessageContaining(option)
        .withMessageContaining("expected: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--seconds=0", "--seconds=x", "--seconds=601", "--seconds=-1", "--seconds="})
  void secondsAreANumberInItsLimits(String option) {
    assertThatIllegalArgumentException().isThrownBy(() -> Words.of("accounts", option)).withMessageContaining(option);
    assertThat(Words.of("accounts", "--seconds=0.3").seconds()).isEqualTo(0.3);
  }

  @Test
  void anOptionThatWouldSayNothingIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> Words.of("gzip", "accounts", "--awake"));
    assertThatIllegalArgumentException().isThrownBy(() -> Words.of("objects", "--seconds=1"));
    assertThat(Words.of("gzip", "objects", "--awake").isAwake()).isTrue();
  }

  @Test
  void aQuestionIsAnsweredAndAWrongWordBesideItRefused() {
    assertThat(Words.answer("objects")).isEmpty();
    assertThat(Words.answer("objects", "--help")).contains("--rounds=N", "--awake", "--quick", "--seconds=S");
    assertThatIllegalArgumentException().isThrownBy(() -> Words.answer("--list", "nosuch"));
  }
}
