package highwater.cli;

import highwater.lab.Lab;
import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;

/// Completion scripts for shells: commands, options, stage names, the digests of `hash`, and files.
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
    var withValue = new StringBuilder();
    for (Flag flag : Flag.values()) {
      options.append("--").append(flag.word).append(flag.takesOptionalValue() ? " --" + flag.word + "= " : " ");
      if (flag.takesValue() && flag != Flag.PROGRESS) {
        withValue
            .append(withValue.isEmpty() ? "--" : "|--")
            .append(flag.word)
            .append("|--")
            .append(flag.word)
            .append('=');
      }
    }
    var stages = new StringBuilder();
    var withColon = new StringBuilder();
    for (StageName stage : StageName.values()) {
      stages.append(stage.word).append(stage.form.startsWith(":") ? ": " : " ");
      if (stage != StageName.HASH && stage != StageName.TEE && !stage.form.isEmpty()) {
        withColon.append(withColon.isEmpty() ? "" : "|").append(stage.word).append(':');
      }
    }
    var labWords = new StringBuilder();
    var labOptions = new LinkedHashSet<String>();
    for (var command : Lab.commands()) {
      if (!command.word().isEmpty()) labWords.append(command.word()).append(' ');
      for (var option : command.options()) labOptions.add("--" + option.word());
    }
    return """
    # highwater completion bash > ~/.local/share/bash-completion/completions/highwater
    _highwater() {
      local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" whole=
      COMPREPLY=()
      if (( COMP_CWORD == 1 )); then
        COMPREPLY=($(compgen -W "@COMMANDS --help --version" -- "$word"))
        return
      fi
      # bash splits hash:sha and --report=a in three words; zsh leaves them whole.
      if [[ $word == [:=] ]]; then
        before+=$word word=
      elif [[ $before == [:=] ]]; then
        before=${COMP_WORDS[COMP_CWORD-2]}$before
      elif [[ $word == hash:* ]]; then
        before=hash: word=${word#hash:} whole=hash:
      fi
      case "$before" in
        --progress|--progress=) COMPREPLY=($(compgen -W "auto always never" -- "$word")); return ;;
        @WITH_VALUE) return ;;
        hash:) COMPREPLY=($(compgen -P "$whole" -W "@DIGESTS" -- "$word")); return ;;
        @WITH_COLON) return ;;
      esac
      case "${COMP_WORDS[1]}" in
        help) COMPREPLY=($(compgen -W "@COMMANDS" -- "$word")) ;;
        lab)
          if [[ $word == -* ]]; then
            COMPREPLY=($(compgen -W "@LAB_OPTIONS" -- "$word"))
          else
            COMPREPLY=($(compgen -W "@LAB_WORDS" -- "$word") $(compgen -f -- "$word"))
            compopt -o filenames 2>/dev/null
          fi ;;
        completion) COMPREPLY=($(compgen -W "bash zsh" -- "$word")) ;;
        pipe)
          if [[ $word == -* ]]; then
            COMPREPLY=($(compgen -W "@OPTIONS" -- "$word"))
          else
            local IFS=$'\\n' stages=
            if [[ $before != *[:=] ]]; then stages=$(IFS=' '; compgen -W "@STAGES" -- "$word"); fi
            COMPREPLY=($(compgen -f -- "$word") $stages)
            # Makes quotes of special characters and slashes after folders, which would put a backslash into throttle: too.
            if [[ -z $stages ]]; then compopt -o filenames 2>/dev/null; fi
          fi ;;
      esac
      if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[:=] ]]; then compopt -o nospace 2>/dev/null; fi
    }
    complete -F _highwater highwater
    """
        .replace("@COMMANDS", commands.toString().strip())
        .replace("@OPTIONS", options.toString().strip())
        .replace("@LAB_OPTIONS", String.join(" ", labOptions))
        .replace("@LAB_WORDS", labWords.toString().strip())
        .replace("@STAGES", stages.toString().strip())
        .replace("@DIGESTS", String.join(" ", DigestNames.ALL))
        .replace("@WITH_COLON", withColon.toString())
        .replace("@WITH_VALUE", withValue.toString());
  }
}
