"""CPU time of the server per request: every server in every case, against the C epoll server."""

import sys
import typing

import cases
import measure as measuring
import peers
from comparison import Comparison, Spread
from field import Field
from findings import Findings, Table
from measure import Bench
from selection import Selection

Cell = typing.Callable[[Comparison, str], str]  # of a case and a server's name


def measure(bench: Bench, field: Field, selection: Selection) -> Findings:
    compared = []
    for case in selection.chosen(cases.ECHO):
        print(f"  {case.name}", file=sys.stderr, flush=True)
        compared.append(measuring.compare(bench, case, field.echo))
    names = [one.name for one in field.echo]
    absent = [name for name in field.missing if peers.BY_NAME[name].protocol == "echo"]
    tables = [
        Table(
            f"Server's CPU time per request, over that of {field.baseline.name} in the same round: "
            "median (lowest-highest)",
            ["server", *(one.case for one in compared)],
            _rows(compared, names, absent, lambda one, name: str(Spread.of(one.ratios(name)))),
            [note for one in compared for note in one.notes()],
        ),
        Table(
            "Server's CPU time per request, microseconds",
            ["server", *(one.case for one in compared)],
            _rows(compared, names, absent, _median("cpu_us_per_request", "{:.2f}")),
        ),
        Table(
            "Requests per second",
            ["server", *(one.case for one in compared)],
            _rows(compared, names, absent, _median("requests_per_second", "{:.0f}")),
        ),
    ]
    return Findings(tables, {"cases": [one.values() for one in compared]})


def _rows(
    compared: list[Comparison], names: list[str], absent: list[str], cell: Cell
) -> list[list[str]]:
    rows = [
        [name, *(cell(one, name) if one.measured(name) else "failed" for one in compared)]
        for name in names
    ]
    return rows + [[name, *("missing" for _ in compared)] for name in absent]


def _median(field_name: str, form: str) -> Cell:
    return lambda one, name: form.format(one.spread(name, field_name).median)
