# Completion of echoline's command line for bash(1).
_echoline() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} subcommand=
  local i
  for ((i = 1; i < COMP_CWORD; ++i)); do
    case ${COMP_WORDS[i]} in
      ping | ask | connect | send | load | doctor | top | help | version)
        subcommand=${COMP_WORDS[i]}
        break
        ;;
    esac
  done
  local tcp='--nodelay --keepalive --user-timeout --rcvbuf --sndbuf --dscp --mss --device'
  local -A options=(
    [help]='-h --help'
    [version]='-h --help'
    [ping]="-h --help -c --count -i --interval -W --timeout -s --size --protocol --proxy -D
      --timestamps --json $tcp"
    [ask]="-h --help --protocol --proxy -w --timeout $tcp"
    [connect]="-h --help --crlf --proxy -w --timeout $tcp"
    [send]="-h --help --protocol -n --connections -p --pipeline -u --unordered --window -w --timeout
      --retries --at-most-once --proxy $tcp"
    [load]="-h --help -d --duration -n --requests --max-errors --warmup -r --rate --ramp --step --hold --arrival
      --dispatch -t --threads --seed --self-test -c --connections -p --pipeline --churn --close
      --connect-rate --connect-timeout -W
      --timeout --bind --proxy --faults --busy-poll --protocol -s --size --payload --line --weight
      --reply --reply-match --lines --stamped --reply-last --greeting --no-verify -q
      --quiet --json --ndjson --hgrm --hlog --expect $tcp"
    [doctor]='-h --help --protocol --through --origin --behind --admin --proxy --expect-proxy --reload-command
      --only --list --quick --long --strict --json --junit --tap --html --report'
    [top]='-h --help -i --interval -W --timeout -n --count --once --sort --listeners --json'
  )
  local -A values=(
    [ping --protocol]='echo line connect'
    [ask --protocol]='line echo'
    [ping --proxy]='v1 v2'
    [ask --proxy]='v1 v2'
    [connect --proxy]='v1 v2'
    [send --proxy]='v1 v2'
    [load --proxy]='v1 v2'
    [doctor --proxy]='v1 v2'
    [send --protocol]='line echo'
    [load --protocol]='echo line discard chargen'
    [doctor --protocol]='echo line'
    [load --arrival]='constant poisson'
    [load --dispatch]='free fixed'
    [load --close]='fin reset'
    [top --sort]='given target connections max accepted refused waiting in out lag lag50 lag99 slow stalled retransmits rtt'
  )
  if [[ -z $subcommand ]]; then
    mapfile -t COMPREPLY < <(compgen -W 'ping ask connect send load doctor top help version -h --help -V
      --version' -- "$word")
    return
  fi
  if [[ $before == --nodelay ]]; then
    mapfile -t COMPREPLY < <(compgen -W 'on off' -- "$word")
    return
  fi
  if [[ -n ${values[$subcommand $before]-} ]]; then
    mapfile -t COMPREPLY < <(compgen -W "${values[$subcommand $before]}" -- "$word")
    return
  fi
  case "$subcommand $before" in
    'load --payload' | 'load --lines' | 'load --json' | 'load --ndjson' | 'load --hgrm' | 'load --hlog' | \
      'doctor --json' | 'doctor --junit' | 'doctor --tap' | 'doctor --html' | 'doctor --report')
      compopt -o filenames
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
      return
      ;;
  esac
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "${options[$subcommand]}" -- "$word")
  elif [[ $subcommand == help ]]; then
    mapfile -t COMPREPLY < <(compgen -W 'ping ask connect send load doctor top' -- "$word")
  elif [[ $subcommand == send ]]; then
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
}
complete -F _echoline echoline
