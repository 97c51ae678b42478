"""What the daemon around the handler costs: limits, time-outs, counters and a line in the log for
each connection, against the same handler on the same streams with nothing around it."""

import cases
import daemon
import measure as measuring
from comparison import Spread
from field import Field
from findings import Findings, Table
from measure import Bench
from selection import Selection

EVERYTHING = "everything on"
_CASES = [cases.FIFTY, cases.BY_NAME["1000x64B"], cases.CHURN]


def measure(bench: Bench, field: Field, selection: Selection) -> Findings:
    full = daemon.echolined(field.echolined, name=EVERYTHING, log="info", idle_timeout="10s")
    compared = [
        measuring.compare(bench, case, [field.bare_echo, full])
        for case in selection.chosen(_CASES)
    ]
    rows = []
    for one in compared:
        if one.measured(EVERYTHING):
            medians = [
                f"{one.spread(name, 'cpu_us_per_request').median:.3f}"
                for name in (field.bare_echo.name, EVERYTHING)
            ]
            rows.append([one.case, *medians, str(Spread.of(one.ratios(EVERYTHING)))])
        else:
            rows.append([one.case, "failed", "failed", "failed"])
    table = Table(
        "The daemon with limits, time-outs and access log, against its bare handler",
        ["case", "bare handler us", "everything on us", "ratio"],
        rows,
        [note for one in compared for note in one.notes()],
    )
    return Findings([table], {"cases": [one.values() for one in compared]})
