"""The line protocol, pipelined ever deeper: echolined against Redis doing the same."""

import cases
import daemon
import measure as measuring
from comparison import Spread
from field import OURS, Field
from findings import Findings, Table
from measure import Bench
from selection import Selection


def measure(bench: Bench, field: Field, selection: Selection) -> Findings:
    title = "Line protocol: PING on 50 connections, against Redis"
    if field.redis is None:
        return Findings([Table(title, ["redis"], [["missing"]])], {"cases": []})
    contenders = [field.redis, daemon.echolined(field.echolined, protocol="line")]
    compared = [
        measuring.compare(bench, case, contenders) for case in selection.chosen(cases.LINE)
    ]
    rows = []
    for one in compared:
        if not one.measured(OURS):
            rows.append([one.case, *["failed"] * 6])
            continue
        rates = zip(one.samples[OURS], one.samples["redis"])
        rows.append(
            [
                one.case,
                *(
                    f"{one.spread(name, 'cpu_us_per_request').median:.3f}"
                    for name in ("redis", OURS)
                ),
                str(Spread.of(one.ratios(OURS))),
                *(
                    f"{one.spread(name, 'requests_per_second').median:.0f}"
                    for name in ("redis", OURS)
                ),
                str(
                    Spread.of([a.requests_per_second / b.requests_per_second for a, b in rates])
                ),
            ]
        )
    header = ["case", "redis us", "echolined us", "ratio of CPU"]
    header += ["redis req/s", "echolined req/s", "ratio of rates"]
    notes = [note for one in compared for note in one.notes()]
    return Findings([Table(title, header, rows, notes)], {"cases": [c.values() for c in compared]})
