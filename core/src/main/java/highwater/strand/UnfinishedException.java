package highwater.strand;

import java.util.List;

/// Says that a strand had no work left while streams on it were still open: nobody would ever have ended them.
public final class UnfinishedException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private static final int NAMED_AT_MOST = 20;

  private final transient List<String> residents;

  /// For residents described as `residents`, in the order in which they entered.
  UnfinishedException(List<String> residents) {
    super(message(residents));
    this.residents = List.copyOf(residents);
  }

  /// What was still open, as it described itself then.
  public List<String> residents() {
    return residents;
  }

  private static String message(List<String> residents) {
    var text =
        new StringBuilder("no work is left on this strand, yet ")
            .append(residents.size())
            .append(residents.size() == 1 ? " stream is" : " streams are")
            .append(
                " still open (each is destroyed now): end or destroy every stream, and give each readable a reader;"
                    + " where another thread is to end one, hold the strand for it with Strand.offload()");
    residents.stream().limit(NAMED_AT_MOST).forEach(resident -> text.append("\n  - ").append(resident));
    if (residents.size() > NAMED_AT_MOST)
      text.append("\n  and ").append(residents.size() - NAMED_AT_MOST).append(" more");
    return text.toString();
  }
}
