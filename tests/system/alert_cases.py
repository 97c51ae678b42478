"""For each alert: series with which it fires, and series with which it must not. In the notation of
`promtool test rules`, one value a quarter of a minute, for an hour."""

# What every series of a daemon has.
WHERE = 'job="echoline",instance="a:9100"'
# The time at which the alert is looked at.
WHEN = "40m"


def flat(value):
    return f"{value}x240"


def grows(step, start=0):
    return f"{start}+{step}x240"


def restarted(times):
    """An uptime that begins again so often within the ten minutes before WHEN."""
    length = 40 // times
    return f"{120 * 15}+0x119 " + " ".join([f"0+15x{length - 1}"] * times) + " 0+15x100"


def full_name(name):
    return name if name == "up" or name.startswith("process_") else f"echoline_{name}"


def series(_labels="", **values):
    """The names are without the prefix of echoline's own; `_labels` beside WHERE."""
    labels = f"{WHERE},{_labels}" if _labels else WHERE
    return {f"{full_name(name)}{{{labels}}}": text for name, text in values.items()}


def histogram(name, labels="", **below):
    """How many observations there are in a step up to each bound: `_4=10` is ten up to 4, `_0_5` up
    to 0.5."""
    bounds = {bound.lstrip("_").replace("_", "."): count for bound, count in below.items()}
    bounds["+Inf"] = max(bounds.values())
    found = {}
    for bound, count in bounds.items():
        le = f'le="{bound}"'
        found |= series(f"{labels},{le}" if labels else le, **{f"{name}_bucket": grows(count)})
    return found


def ended(**counts):
    """Sessions that ended in each step, by why, with `_` for `-`."""
    found = {}
    for why, count in counts.items():
        label = f'end="{why.replace("_", "-")}"'
        found |= series(label, sessions_ended_total=grows(count))
    return found


OURS = series(uptime_seconds=grows(15))

# By alert: (with these it fires, with these not).
CASES = {
    "EcholineDown": (series(up=flat(0)), series(up=flat(1))),
    "EcholineRestarts": (
        series(uptime_seconds=restarted(3)),
        series(uptime_seconds=restarted(1)),
    ),
    "EcholineLoopHangs": (
        series(loop_lag_seconds_count=flat(1000)),
        series(loop_lag_seconds_count=grows(15)),
    ),
    "EcholineLoopLags": (
        histogram("loop_lag_seconds", _0_001=90, _0_5=100),
        histogram("loop_lag_seconds", _0_001=1000, _0_5=1001),
    ),
    "EcholineSlowCallbacks": (
        series(slow_callbacks_total=grows(1)),
        series(slow_callbacks_total=flat(1000)),
    ),
    "EcholineRequestsSlow": (
        histogram("request_seconds", _0_001=90, _0_5=100),
        histogram("request_seconds", _0_001=1000, _0_5=1001),
    ),
    "EcholineFull": (
        series(connections_active=flat(100), connections_max=flat(100)),
        series(connections_active=flat(99), connections_max=flat(100)),
    ),
    "EcholineFullOften": (
        series(limit_reached_seconds_total=grows(2)),
        series(limit_reached_seconds_total=grows(1)),
    ),
    "EcholineNearlyFull": (
        series(connections_active=flat(95), connections_max=flat(100)),
        series(connections_active=flat(85), connections_max=flat(100)),
    ),
    "EcholineRefuses": (
        series(connections_refused_total=grows(1)),
        series(connections_refused_total=flat(1000)),
    ),
    "EcholineBacklogFills": (
        series(connections_waiting=flat(60), backlog_max=flat(100)),
        series(connections_waiting=flat(40), backlog_max=flat(100)),
    ),
    "EcholineCannotAccept": (
        series(accept_errors_total=grows(1)),
        series(accept_errors_total=flat(1000)),
    ),
    "EcholineSessionsFail": (
        series(connections_failed_total=grows(1)),
        series(connections_failed_total=flat(1000)),
    ),
    "EcholineLogDropsLines": (
        series(log_lines_dropped_total=grows(1)),
        series(log_lines_dropped_total=flat(7)),
    ),
    "EcholineDescriptorsLow": (
        OURS | series(process_open_fds=flat(90), process_max_fds=flat(100)),
        series(process_open_fds=flat(90), process_max_fds=flat(100)),  # somebody else's
    ),
    "EcholineMemoryHigh": (
        OURS | series(process_resident_memory_bytes=flat(1_700_000_000)),
        series(process_resident_memory_bytes=flat(1_700_000_000)),
    ),
    "EcholineConnectionsBreak": (
        ended(done=90, connection_error=10),
        ended(done=90, connection_error=1, peer_closed=9),
    ),
    "EcholineRetransmits": (
        histogram("tcp_retransmitted_segments", _1=80, _2=80, _4=100),
        histogram("tcp_retransmitted_segments", _1=99, _2=99, _4=100),
    ),
    "EcholineRoundTripsRise": (
        histogram("tcp_rtt_seconds", _0_05=0, _0_1=10) | histogram("tcp_min_rtt_seconds", _0_01=10, _0_1=10),
        histogram("tcp_rtt_seconds", _0_05=0, _0_1=10) | histogram("tcp_min_rtt_seconds", _0_05=0, _0_1=10),
    ),
    "EcholineClientsStall": (
        series(sessions_stalled=flat(1), connections_active=flat(2)),
        series(sessions_stalled=flat(1), connections_active=flat(20)),
    ),
    "EcholineRepliesUnread": (
        ended(done=90, unacknowledged=5, sent_too_much=5),
        ended(done=98, unacknowledged=1, sent_too_much=1),
    ),
    "EcholineSessionsIdle": (ended(done=10, idle=20), ended(done=20, idle=10)),
}
