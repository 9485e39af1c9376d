package highwater.s3;

import java.net.URI;

/// What the tests of this package share.
final class S3Tests {
  static {
    // As the environment would: the tests use the SDK's own chain.
    System.setProperty("aws.accessKeyId", Server.KEY_ID);
    System.setProperty("aws.secretAccessKey", Server.SECRET);
  }

  private S3Tests() {}

  /// The recipe at a server of the tests.
  static <R extends S3Recipe<R>> R at(R recipe, URI endpoint) {
    return recipe.endpoint(endpoint);
  }
}
