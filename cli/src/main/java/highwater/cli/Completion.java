package highwater.cli;

import org.jspecify.annotations.Nullable;

/// Completion scripts for shells: commands, options, stage names, and files.
final class Completion {
  private Completion() {}

  /// The script for `shell`, or null for a shell nobody wrote one for.
  static @Nullable String script(String shell) {
    return switch (shell) {
      case "bash" -> bash();
      case "zsh" -> "#compdef highwater\nautoload -U +X bashcompinit && bashcompinit\n" + bash();
      default -> null;
    };
  }

  private static String bash() {
    var commands = new StringBuilder();
    for (Command command : Command.values()) commands.append(command.word).append(' ');
    var options = new StringBuilder();
    var withSize = new StringBuilder();
    for (Flag flag : Flag.values()) {
      options.append("--").append(flag.word).append(flag.takesOptionalValue() ? " --" + flag.word + "= " : " ");
      if (flag.takesValue() && flag != Flag.PROGRESS) {
        withSize.append(withSize.isEmpty() ? "" : "|").append("--").append(flag.word);
      }
    }
    var stages = new StringBuilder();
    for (StageName stage : StageName.values()) {
      stages.append(stage.word).append(stage.form.startsWith(":") ? ": " : " ");
    }
    return """
    # highwater completion bash > ~/.local/share/bash-completion/completions/highwater
    _highwater() {
      local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"
      COMPREPLY=()
      if (( COMP_CWORD == 1 )); then
        COMPREPLY=($(compgen -W "@COMMANDS --help --version" -- "$word"))
        return
      fi
      case "$before" in
        --progress) COMPREPLY=($(compgen -W "auto always never" -- "$word")); return ;;
        @WITH_VALUE) return ;;
      esac
      case "${COMP_WORDS[1]}" in
        help) COMPREPLY=($(compgen -W "@COMMANDS" -- "$word")) ;;
        completion) COMPREPLY=($(compgen -W "bash zsh" -- "$word")) ;;
        pipe)
          if [[ $word == -* ]]; then
            COMPREPLY=($(compgen -W "@OPTIONS" -- "$word"))
          else
            local IFS=$'\\n'
            COMPREPLY=($(compgen -f -- "$word") $(IFS=' '; compgen -W "@STAGES" -- "$word"))
            compopt -o filenames 2>/dev/null
          fi ;;
      esac
      if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[:=] ]]; then compopt -o nospace 2>/dev/null; fi
    }
    complete -F _highwater highwater
    """
        .replace("@COMMANDS", commands.toString().strip())
        .replace("@OPTIONS", options.toString().strip())
        .replace("@STAGES", stages.toString().strip())
        .replace("@WITH_VALUE", withSize.toString());
  }
}
