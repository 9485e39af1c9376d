package highwater.s3;

import highwater.pipeline.ByteSizes;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/// Words for what S3 and its client report: one line that says what happened, what was expected, and what to do.
///
/// What a server or the SDK says is printed only where nothing better is known, cut to one short line. The SDK's exception
/// stays as the cause.
final class S3Errors {
  private static final int WORDS_MAX = 200;

  private S3Errors() {}

  /// What happened, and what to do about it.
  private record Account(String happened, String advice) {}

  static IOException reading(S3Location location, long position, Throwable cause) {
    return line("cannot read " + location + " at byte " + position, account(location, cause, "s3:GetObject"), cause);
  }

  static IOException listing(S3Location location, Throwable cause) {
    return line("cannot list " + location, account(location, cause, "s3:ListBucket"), cause);
  }

  static IOException writing(S3Location location, long position, Throwable cause) {
    return line("cannot write " + location + " at byte " + position, account(location, cause, "s3:PutObject"), cause);
  }

  static IOException completing(S3Location location, Throwable cause) {
    var account = account(location, cause, "s3:PutObject");
    if (!(cause instanceof AwsServiceException)) {
      account =
          new Account(
              account.happened + ", when all parts were sent and the object was to be made of them",
              account.advice + "; look whether the object is there: if it is, it is whole");
    }
    return line("cannot write " + location, account, cause);
  }

  static IOException aborting(S3Location location, String upload, Throwable cause) {
    var account = account(location, cause, "s3:AbortMultipartUpload");
    return new IOException(
        "cannot remove the unfinished upload of "
            + location
            + ": "
            + account.happened
            + " (expected: no parts that are stored and paid for; remove it with: "
            + removal(location, S3Location.printable(upload))
            + ")",
        cause);
  }

  /// The call that begins an upload was cut off before its answer.
  static IOException unknownUpload(S3Location location) {
    return new IOException(
        "cannot tell whether an upload of "
            + location
            + " has begun: the server did not answer (expected: the upload's id; list what is there with: aws s3api"
            + " list-multipart-uploads --bucket "
            + location.bucket()
            + ", and remove it with: "
            + removal(location, "ID")
            + ")");
  }

  private static String removal(S3Location location, String upload) {
    return "aws s3api abort-multipart-upload --bucket "
        + location.bucket()
        + " --key "
        + quoted(S3Location.printable(location.key()))
        + " --upload-id "
        + quoted(upload);
  }

  private static String quoted(String word) {
    return word.matches("[A-Za-z0-9._/=+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  /// The object was made before the abort could prevent it.
  static IOException tooLateToAbort(S3Location location) {
    return new IOException(
        location
            + " was complete when the run was ended (expected: an end before that; the object is whole and stays,"
            + " remove it if it is not wanted)");
  }

  static IOException tooLarge(S3Location location, long position, PartSizes sizes) {
    return new IOException(
        "cannot write "
            + location
            + " at byte "
            + position
            + ": its "
            + ByteSizes.grouped(sizes.partsMax())
            + " parts are used up (expected: at most "
            + sizes.inWords()
            + " with parts of "
            + ByteSizes.rounded(sizes.partBytes())
            + " and a budget for all that are in flight; choose larger parts)");
  }

  private static IOException line(String what, Account account, Throwable cause) {
    if (cause instanceof IOException told && String.valueOf(told.getMessage()).contains("(expected: ")) return told;
    return new IOException(what + ": " + account.happened + " (expected: " + account.advice + ")", cause);
  }

  private static Account account(S3Location location, Throwable cause, String permission) {
    if (cause instanceof AwsServiceException refused) return ofServer(location, refused, permission);
    if (cause instanceof Connection.Overdue overdue) {
      return new Account(
          words(overdue), "a server that takes and gives data all the time; look at the network, or allow more time");
    }
    if (cause instanceof Changed changed) {
      return new Account(words(changed), "one version of the object from its first byte to its last; run again");
    }
    if (cause instanceof CutShort broken) {
      return new Account(words(broken), "every byte the server announced; look at the network, then run again");
    }
    return ofClient(cause);
  }

  private static Account ofServer(S3Location location, AwsServiceException refused, String permission) {
    var details = refused.awsErrorDetails();
    var code = details == null ? "" : Objects.requireNonNullElse(details.errorCode(), "");
    return switch (code) {
      case "NoSuchBucket" ->
          new Account(
              "there is no bucket " + location.bucket(),
              "an existing bucket; check its name and the endpoint, or create it");
      case "NoSuchKey" ->
          new Account("there is no such object", "an existing key; check the name, which is exact to the letter");
      case "NoSuchUpload" ->
          new Account(
              "the server no longer has the upload",
              "an upload that nobody else aborts; see the bucket's lifecycle rules");
      case "InvalidAccessKeyId" ->
          new Account(
              "the server does not know the access key",
              "credentials of this server; check AWS_ACCESS_KEY_ID or the profile");
      case "SignatureDoesNotMatch" ->
          new Account(
              "the server refuses the signature",
              "the secret that belongs to the access key; check AWS_SECRET_ACCESS_KEY or the profile");
      case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "InvalidToken" ->
          new Account("the credentials have expired or are not valid", "fresh ones; log in again");
      case "RequestTimeTooSkewed" ->
          new Account("the clocks differ too much", "at most 15 minutes; set this machine's clock");
      case "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException" ->
          new Account("the bucket is in another region", "the bucket's own region; set AWS_REGION");
      case "PreconditionFailed" ->
          new Account(
              "the object changed meanwhile", "one version of the object from its first byte to its last; run again");
      case "SlowDown", "ServiceUnavailable", "InternalError" ->
          new Account(
              "the server is overloaded: " + said(code, refused), "an answer within three tries; run again later");
      case "EntityTooLarge" ->
          new Account("the server takes no object as large", "an object within its limit; split it");
      case "QuotaExceeded", "XMinioStorageFull" ->
          new Account("the server has no room", "room for the object; free some");
      default -> byStatus(location, refused, code, permission);
    };
  }

  private static Account byStatus(S3Location location, AwsServiceException refused, String code, String permission) {
    return switch (refused.statusCode()) {
      case 403 ->
          new Account(
              "access denied",
              "credentials that may " + permission + " at " + location + "; check them and the bucket's policy");
      case 401 ->
          new Account(
              "the server wants other credentials",
              "credentials of this server; check AWS_ACCESS_KEY_ID or the profile");
      case 404 -> new Account("there is no such bucket or object", "an existing one; check the name and the endpoint");
      case 412 ->
          new Account(
              "the object changed meanwhile", "one version of the object from its first byte to its last; run again");
      case 301, 307 -> new Account("the bucket is elsewhere", "the bucket's own region and endpoint; set AWS_REGION");
      default ->
          new Account(
              "the server answered " + refused.statusCode() + " " + said(code, refused),
              "an answer of success; the server's log may say more");
    };
  }

  private static String said(String code, AwsServiceException refused) {
    var details = refused.awsErrorDetails();
    var message = details == null ? null : details.errorMessage();
    return shortened((code + (message == null ? "" : " " + message)).strip());
  }

  private static Account ofClient(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case UnknownHostException unknown -> {
          return new Account(
              "there is no host " + words(unknown), "the server's name; check the endpoint and the region");
        }
        case SSLException untrusted -> {
          return new Account(
              "no secure connection: " + words(untrusted), "a certificate for this name that this machine trusts");
        }
        case ConnectException refused -> {
          return new Account("no connection: " + words(refused), "a server that listens there; check the endpoint");
        }
        case SocketTimeoutException late -> {
          return new Account(
              "no answer in time: " + words(late), "a server that answers; look at the network, or allow more time");
        }
        default -> {
          var known = ofMessage(String.valueOf(cause.getMessage()));
          if (known != null) return known;
        }
      }
    }
    Throwable deepest = thrown;
    while (deepest.getCause() != null) deepest = deepest.getCause();
    return new Account(
        words(deepest), "a connection until the end; look at the network and the server, then run again");
  }

  /// What the SDK tells by its words alone.
  private static @Nullable Account ofMessage(String message) {
    if (message.contains("Unable to load credentials") || message.contains("Unable to load AWS credentials")) {
      return new Account(
          "no credentials were found",
          "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile (AWS_PROFILE), or a role of this machine");
    }
    if (message.contains("Unable to load region")) {
      return new Account("no region was found", "AWS_REGION, a profile's region, or an endpoint of your own");
    }
    if (message.contains("Data read has a different checksum") || message.contains("checksum did not match")) {
      return new Account(
          "the bytes do not have the checksum that the server names", "the bytes that were stored; run again");
    }
    if (message.contains("Error writing request body")) {
      // The client drops an answer that came meanwhile.
      return new Account(
          "the server stopped taking the data before its end",
          "a server that takes all of it; it may refuse these credentials, this bucket or this object: look at its log,"
              + " then run again");
    }
    if (message.startsWith("the server's answer names no ")) {
      return new Account(shortened(message), "what S3 answers; check the endpoint and what stands before it");
    }
    return null;
  }

  private static String words(Throwable thrown) {
    var message = thrown.getMessage();
    return message == null ? thrown.getClass().getSimpleName() : shortened(message);
  }

  private static String shortened(String words) {
    var line = S3Location.printable(words);
    return line.length() <= WORDS_MAX ? line : line.substring(0, WORDS_MAX) + "…";
  }

  /// The object is no longer what it was at its first byte.
  static final class Changed extends IOException {
    private static final long serialVersionUID = 1L;

    Changed(String what) {
      super(what);
    }
  }

  /// A body that ended before its length.
  static final class CutShort extends IOException {
    private static final long serialVersionUID = 1L;

    CutShort(String what) {
      super(what);
    }
  }
}
