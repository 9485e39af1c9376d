package highwater.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class S3LocationTest {
  @ParameterizedTest
  @CsvSource({
    "s3://b/k, b, k",
    "S3://bucket/a/b%20c?d=e, bucket, a/b%20c?d=e",
    "s3://bucket/folder/, bucket, folder/",
    "s3://bucket//x, bucket, /x",
    "s3://bucket, bucket, ''",
    "s3://bucket/, bucket, ''"
  })
  void anAddressIsABucketAndAKeyAsItStands(String address, String bucket, String key) {
    assertThat(S3Location.parse(address)).isEqualTo(new S3Location(bucket, key));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "http://b/k", "s3:/b/k", "s3://", "s3:///k", "s3://b c/k"})
  void whatIsNoAddressIsRefused(String address) {
    assertThatThrownBy(() -> S3Location.parse(address))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("(expected: ");
  }

  @Test
  void credentialsInAnAddressAreRefusedAndNotRepeated() {
    assertThatThrownBy(() -> S3Location.parse("s3://AKIA:hidden@b/k"))
        .hasMessageContaining("takes no credentials")
        .hasMessageNotContaining("hidden")
        .hasMessageNotContaining("AKIA");
  }

  @Test
  void aKeyIsPrintedOnOneLine() {
    assertThat(new S3Location("b", "a\nb")).hasToString("s3://b/a\\x0ab");
  }

  @Test
  void aFolderTakesNames() {
    assertThat(S3Location.parse("s3://b/in/").isFolder()).isTrue();
    assertThat(S3Location.parse("s3://b/in").isFolder()).isFalse();
    assertThat(S3Location.parse("s3://b/in/").resolve("x")).hasToString("s3://b/in/x");
  }

  @Test
  void aBucketIsNoObject() {
    assertThatThrownBy(() -> S3Streams.read("b", "")).hasMessageContaining("names a bucket (expected: ");
  }
}
