# Completion of echolined's command line for bash(1).
_echolined() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
  # An = is a word of its own to bash.
  [[ $word == '=' ]] && word=
  [[ $before == '=' ]] && before=${COMP_WORDS[COMP_CWORD - 2]}
  case $before in
    -c | --config)
      compopt -o filenames
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
      ;;
    -l | --listen)
      compopt -o nospace
      mapfile -t COMPREPLY < <(compgen -S = -W 'echo line discard chargen daytime time' -- "$word")
      ;;
    --log-level)
      mapfile -t COMPREPLY < <(compgen -W 'debug info warning error' -- "$word")
      ;;
    *)
      mapfile -t COMPREPLY < <(compgen -W '-h --help -c --config -t --check-config --print-config
        -l --listen --admin --log-level --replay --debug -V --version' -- "$word")
      ;;
  esac
}
complete -F _echolined echolined
