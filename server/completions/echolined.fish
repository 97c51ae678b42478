# Completion of echolined's command line for fish(1).
complete -c echolined -f
complete -c echolined -s h -l help -d 'Print the options and exit'
complete -c echolined -s c -l config -rF -d 'Read the configuration from a file'
complete -c echolined -s t -l check-config -d 'Check the configuration'
complete -c echolined -l print-config -d 'Print the configuration in effect'
complete -c echolined -s l -l listen -x -d 'Listen there instead' \
    -a 'echo= line= discard= chargen= daytime= time='
complete -c echolined -l admin -x -d 'Be administered there'
complete -c echolined -l log-level -x -d 'Lowest level that is logged' -a 'debug info warning error'
complete -c echolined -l replay -x -d 'Do the faults of one session again'
complete -c echolined -l debug -d 'Warn about what blocks an event loop'
complete -c echolined -s V -l version -d 'Print the version and exit'
