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


def series(**values):
    """The names are without the prefix of echoline's own."""
    return {f"{full_name(name)}{{{WHERE}}}": text for name, text in values.items()}


# By alert: (with these it fires, with these not).
CASES = {
    "EcholineDown": (series(up=flat(0)), series(up=flat(1))),
    "EcholineRestarts": (
        series(uptime_seconds=restarted(3)),
        series(uptime_seconds=restarted(1)),
    ),
    "EcholineFull": (
        series(connections_active=flat(100), connections_max=flat(100)),
        series(connections_active=flat(99), connections_max=flat(100)),
    ),
    "EcholineNearlyFull": (
        series(connections_active=flat(95), connections_max=flat(100)),
        series(connections_active=flat(85), connections_max=flat(100)),
    ),
    "EcholineRefuses": (
        series(connections_refused_total=grows(1)),
        series(connections_refused_total=flat(1000)),
    ),
    "EcholineCannotAccept": (
        series(accept_errors_total=grows(1)),
        series(accept_errors_total=flat(1000)),
    ),
    "EcholineSessionsFail": (
        series(connections_failed_total=grows(1)),
        series(connections_failed_total=flat(1000)),
    ),
    "EcholineSessionsIdle": (
        series(connections_timed_out_total=grows(9), connections_total=grows(10)),
        series(connections_timed_out_total=grows(1), connections_total=grows(10)),
    ),
}
