package highwater.lab;

/// An option of a subcommand of the laboratory, with all that its parser and its help say of it.
///
/// @param word the name, without the two hyphens
/// @param value what its value looks like, such as `SIZE`; empty where it takes none
/// @param help one sentence, its default in brackets
public record LabOption(String word, String value, String help) {
  /// How the help writes it, such as `--size SIZE`.
  public String synopsis() {
    return value.isEmpty() ? "--" + word : "--" + word + " " + value;
  }
}
