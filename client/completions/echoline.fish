# Completion of echoline's command line for fish(1).
complete -c echoline -f
complete -c echoline -s h -l help -d 'Print the options and exit'
complete -c echoline -n __fish_use_subcommand -s V -l version -d 'Print the version and exit'
complete -c echoline -n __fish_use_subcommand -a ping -d 'Measure round trips, one at a time'
complete -c echoline -n __fish_use_subcommand -a ask -d 'Ask a service one line'
complete -c echoline -n __fish_use_subcommand -a connect -d 'Talk to a service'
complete -c echoline -n __fish_use_subcommand -a send -d 'Send lines to a service and print its replies'
complete -c echoline -n __fish_use_subcommand -a load -d 'Put load on a service and measure'
complete -c echoline -n __fish_use_subcommand -a doctor -d 'Examine how a service or a proxy treats TCP'
complete -c echoline -n __fish_use_subcommand -a top -d 'Watch several daemons on one screen'
complete -c echoline -n __fish_use_subcommand -a help -d 'Print the options, of a subcommand too'
complete -c echoline -n __fish_use_subcommand -a version -d 'Print the version'
complete -c echoline -n '__fish_seen_subcommand_from help' -a 'ping ask connect send load doctor top'

complete -c echoline -n '__fish_seen_subcommand_from ping' -s c -l count -x \
    -d 'Stop after this many pings'
complete -c echoline -n '__fish_seen_subcommand_from ping' -s i -l interval -x \
    -d 'Time between pings'
complete -c echoline -n '__fish_seen_subcommand_from ping' -s W -l timeout -x \
    -d 'How long to wait for a reply'
complete -c echoline -n '__fish_seen_subcommand_from ping' -s s -l size -x -d 'Bytes in a ping'
complete -c echoline -n '__fish_seen_subcommand_from ping' -l protocol -x \
    -d 'What the target speaks' -a 'echo line connect'
complete -c echoline -n '__fish_seen_subcommand_from ping' -l proxy -x \
    -d 'Begin with a PROXY header' -a 'v1 v2'
complete -c echoline -n '__fish_seen_subcommand_from ping' -s D -l timestamps \
    -d 'Print the time of day before each line'
complete -c echoline -n '__fish_seen_subcommand_from ping' -l json -d 'One JSON object per line'

complete -c echoline -n '__fish_seen_subcommand_from ask' -l protocol -x \
    -d 'What the target speaks' -a 'line echo'
complete -c echoline -n '__fish_seen_subcommand_from ask' -l proxy -x \
    -d 'Begin with a PROXY header' -a 'v1 v2'
complete -c echoline -n '__fish_seen_subcommand_from ask' -s w -l timeout -x \
    -d 'How long everything may take'

complete -c echoline -n '__fish_seen_subcommand_from connect' -l crlf -d 'Send CRLF for each LF'
complete -c echoline -n '__fish_seen_subcommand_from connect' -l proxy -x \
    -d 'Begin with a PROXY header' -a 'v1 v2'
complete -c echoline -n '__fish_seen_subcommand_from connect' -s w -l timeout -x \
    -d 'Give up after this long'

complete -c echoline -n '__fish_seen_subcommand_from send' -l protocol -x \
    -d 'What the target speaks' -a 'line echo'
complete -c echoline -n '__fish_seen_subcommand_from send' -s n -l connections -x \
    -d 'Connections to send the lines on'
complete -c echoline -n '__fish_seen_subcommand_from send' -s p -l pipeline -x \
    -d 'Lines in flight on each'
complete -c echoline -n '__fish_seen_subcommand_from send' -s u -l unordered \
    -d 'Print replies as they arrive'
complete -c echoline -n '__fish_seen_subcommand_from send' -l window -x \
    -d 'Lines read and not printed yet'
complete -c echoline -n '__fish_seen_subcommand_from send' -s w -l timeout -x \
    -d 'How long to wait to connect, and for a reply'
complete -c echoline -n '__fish_seen_subcommand_from send' -l retries -x \
    -d 'How often to try again'
complete -c echoline -n '__fish_seen_subcommand_from send' -l at-most-once \
    -d 'Never resend a line'
complete -c echoline -n '__fish_seen_subcommand_from send' -l proxy -x \
    -d 'Begin with a PROXY header' -a 'v1 v2'
complete -c echoline -n '__fish_seen_subcommand_from send' -F

complete -c echoline -n '__fish_seen_subcommand_from load' -s d -l duration -x \
    -d 'How long to measure'
complete -c echoline -n '__fish_seen_subcommand_from load' -s n -l requests -x \
    -d 'Stop after this many'
complete -c echoline -n '__fish_seen_subcommand_from load' -l max-errors -x \
    -d 'Fail and end the run after more errors'
complete -c echoline -n '__fish_seen_subcommand_from load' -l warmup -x \
    -d 'Load this long before measuring'
complete -c echoline -n '__fish_seen_subcommand_from load' -s r -l rate -x -d 'Requests per second'
complete -c echoline -n '__fish_seen_subcommand_from load' -l ramp -x \
    -d 'A rate that changes steadily'
complete -c echoline -n '__fish_seen_subcommand_from load' -l step -x -d 'A constant rate for a time'
complete -c echoline -n '__fish_seen_subcommand_from load' -l hold -x \
    -d 'The rate reached so far, for a time'
complete -c echoline -n '__fish_seen_subcommand_from load' -l arrival -x \
    -d 'When requests are due' -a 'constant poisson'
complete -c echoline -n '__fish_seen_subcommand_from load' -l dispatch -x \
    -d 'Which connection sends' -a 'free fixed'
complete -c echoline -n '__fish_seen_subcommand_from load' -s t -l threads -x \
    -d 'Threads that generate the load'
complete -c echoline -n '__fish_seen_subcommand_from load' -l seed -x -d 'Seed of everything that is random'
complete -c echoline -n '__fish_seen_subcommand_from load' -s c -l connections -x -d 'Connections'
complete -c echoline -n '__fish_seen_subcommand_from load' -s p -l pipeline -x \
    -d 'Requests in flight on each'
complete -c echoline -n '__fish_seen_subcommand_from load' -l churn \
    -d 'A new connection for every N requests'
complete -c echoline -n '__fish_seen_subcommand_from load' -l close -x \
    -d 'How connections end' -a 'fin reset'
complete -c echoline -n '__fish_seen_subcommand_from load' -l connect-rate -x \
    -d 'Connections to open per second'
complete -c echoline -n '__fish_seen_subcommand_from load' -l connect-timeout -x \
    -d 'How long to try to connect'
complete -c echoline -n '__fish_seen_subcommand_from load' -s W -l timeout -x \
    -d 'How long to wait for a reply'
complete -c echoline -n '__fish_seen_subcommand_from load' -l bind -x -d 'Source addresses'
complete -c echoline -n '__fish_seen_subcommand_from load' -l proxy -x \
    -d 'Begin with a PROXY header' -a 'v1 v2'
complete -c echoline -n '__fish_seen_subcommand_from load' -l faults -x \
    -d 'What goes wrong with requests'
complete -c echoline -n '__fish_seen_subcommand_from load' -l busy-poll -x \
    -d 'Spin this long before sleeping'
complete -c echoline -n '__fish_seen_subcommand_from load' -l protocol -x \
    -d 'What the target speaks' -a 'echo line discard chargen'
complete -c echoline -n '__fish_seen_subcommand_from load' -s s -l size -x -d 'Size of a message'
complete -c echoline -n '__fish_seen_subcommand_from load' -l payload -rF \
    -d 'Send the contents of a file'
complete -c echoline -n '__fish_seen_subcommand_from load' -l line -x -d 'Send this line'
complete -c echoline -n '__fish_seen_subcommand_from load' -l weight -x \
    -d 'Relative frequency of the preceding line'
complete -c echoline -n '__fish_seen_subcommand_from load' -l reply -x \
    -d 'The expected reply to the preceding line'
complete -c echoline -n '__fish_seen_subcommand_from load' -l reply-match -x \
    -d 'A pattern for its reply'
complete -c echoline -n '__fish_seen_subcommand_from load' -l lines -rF \
    -d 'Send the lines of a file'
complete -c echoline -n '__fish_seen_subcommand_from load' -l stamped \
    -d "Tell the server's time from the way's"
complete -c echoline -n '__fish_seen_subcommand_from load' -l reply-last -x \
    -d 'A pattern for the last line of each reply'
complete -c echoline -n '__fish_seen_subcommand_from load' -l greeting -x \
    -d 'A pattern for what the service says first'
complete -c echoline -n '__fish_seen_subcommand_from load' -l no-verify -d 'Do not compare replies'
complete -c echoline -n '__fish_seen_subcommand_from load' -l self-test \
    -d 'Check the figures on this machine'
complete -c echoline -n '__fish_seen_subcommand_from load' -s q -l quiet \
    -d 'Show no progress'
complete -c echoline -n '__fish_seen_subcommand_from load' -l json -rF \
    -d 'Write the results as JSON'
complete -c echoline -n '__fish_seen_subcommand_from load' -l ndjson -rF \
    -d 'Write an object every second'
complete -c echoline -n '__fish_seen_subcommand_from load' -l hgrm -rF -d 'Write percentiles'
complete -c echoline -n '__fish_seen_subcommand_from load' -l hlog -rF \
    -d 'Write a log of histograms'
complete -c echoline -n '__fish_seen_subcommand_from load' -l expect -x \
    -d 'An objective for the run'

complete -c echoline -n '__fish_seen_subcommand_from ping ask connect send load' -l nodelay -x \
    -d 'TCP_NODELAY' \
    -a 'on off'
complete -c echoline -n '__fish_seen_subcommand_from ping ask connect send load' -l keepalive -x \
    -d 'Probe a peer that is silent this long'
complete -c echoline -n '__fish_seen_subcommand_from ping ask connect send load' -l user-timeout -x \
    -d 'Give up what is not acknowledged for this long'
complete -c echoline -n '__fish_seen_subcommand_from ping ask connect send load' -l rcvbuf -x \
    -d 'Receive buffer of a socket'
complete -c echoline -n '__fish_seen_subcommand_from ping ask connect send load' -l sndbuf -x \
    -d 'Send buffer of a socket'
complete -c echoline -n '__fish_seen_subcommand_from ping ask connect send load' -l dscp -x \
    -d 'Class of what is sent' \
    -a 'cs0 cs1 cs2 cs3 cs4 cs5 cs6 cs7 af11 af12 af13 af21 af22 af23 af31 af32 af33 af41 af42 af43 ef va le'
complete -c echoline -n '__fish_seen_subcommand_from ping ask connect send load' -l mss -x \
    -d 'Longest segment'
complete -c echoline -n '__fish_seen_subcommand_from ping ask connect send load' -l device -x \
    -d 'Network interface' \
    -a '(command ls /sys/class/net)'

complete -c echoline -n '__fish_seen_subcommand_from doctor' -l protocol -x \
    -d 'What the service speaks' \
    -a 'echo line'
complete -c echoline -n '__fish_seen_subcommand_from doctor' -l through -x -d 'A proxy to examine'
complete -c echoline -n '__fish_seen_subcommand_from doctor' -l origin -x -d 'Where it forwards to'
complete -c echoline -n '__fish_seen_subcommand_from doctor' -l behind -x \
    -d 'An echolined it forwards to'
complete -c echoline -n '__fish_seen_subcommand_from doctor' -l admin -x -d 'Its admin'
complete -c echoline -n '__fish_seen_subcommand_from doctor' -l proxy -x \
    -d 'Begin with a PROXY header' -a 'v1 v2'
complete -c echoline -n '__fish_seen_subcommand_from doctor' -l expect-proxy \
    -d 'A PROXY header comes to the origin'
complete -c echoline -n '__fish_seen_subcommand_from doctor' -l reload-command -x \
    -d 'What reloads the proxy'
complete -c echoline -n '__fish_seen_subcommand_from doctor' -l only -x -d 'A case or a group'
complete -c echoline -n '__fish_seen_subcommand_from doctor' -l list -d 'Print the cases'
complete -c echoline -n '__fish_seen_subcommand_from doctor' -l quick -d 'Less of everything'
complete -c echoline -n '__fish_seen_subcommand_from doctor' -l long -d '4 GiB and more, too'
complete -c echoline -n '__fish_seen_subcommand_from doctor' -l strict -d 'A broken SHOULD fails'
complete -c echoline -n '__fish_seen_subcommand_from doctor' -l json -r -F -d 'Results as JSON'
complete -c echoline -n '__fish_seen_subcommand_from doctor' -l junit -r -F -d 'Results as XML'
complete -c echoline -n '__fish_seen_subcommand_from doctor' -l tap -r -F -d 'Results in TAP'
complete -c echoline -n '__fish_seen_subcommand_from doctor' -l html -r -F -d 'Results as a page'
complete -c echoline -n '__fish_seen_subcommand_from doctor' -l report -r -F -d 'A former run'

complete -c echoline -n '__fish_seen_subcommand_from top' -s i -l interval -x \
    -d 'Time between polls'
complete -c echoline -n '__fish_seen_subcommand_from top' -s W -l timeout -x \
    -d 'How long a target may take to answer'
complete -c echoline -n '__fish_seen_subcommand_from top' -s n -l count -x \
    -d 'Stop after this many reports'
complete -c echoline -n '__fish_seen_subcommand_from top' -l once -d 'Print one report and end'
complete -c echoline -n '__fish_seen_subcommand_from top' -l sort -x \
    -d 'Which target stands first' \
    -a 'given target connections max accepted refused waiting in out lag lag50 lag99 slow stalled retransmits rtt'
complete -c echoline -n '__fish_seen_subcommand_from top' -l listeners -d 'A row for each listener'
complete -c echoline -n '__fish_seen_subcommand_from top' -l json -d 'One JSON object per line'
