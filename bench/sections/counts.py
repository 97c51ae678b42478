"""What a request costs, counted instead of timed: system calls and user instructions."""

import types

import cases
import instructions
import peers
import processes
import syscalls
from failure import Failure
from field import OURS, Field
from findings import Findings, Table
from measure import Bench
from selection import Selection

# Programs that come up within reasonable time where every instruction is counted by valgrind.
_NATIVE = {peers.BASELINE, OURS, "libuv", "asio", "tokio"}


def measure_syscalls(bench: Bench, field: Field, selection: Selection) -> Findings:
    return _count("System calls", syscalls, bench, field.echo, selection)


def measure_instructions(bench: Bench, field: Field, selection: Selection) -> Findings:
    known = set(peers.BY_NAME) - _NATIVE
    counted = [one for one in field.echo if one.name not in known]
    return _count("User instructions", instructions, bench, counted, selection)


def _count(
    title: str,
    module: types.ModuleType,
    bench: Bench,
    contenders: list[processes.Contender],
    selection: Selection,
) -> Findings:
    """`module` has method() and per_request()."""
    how, counter = module.method()
    chosen = selection.chosen(cases.ECHO) if selection.cases else [cases.FIFTY]
    rows, notes, servers = [], [], {}
    for contender in contenders:
        figures = {}
        for case in chosen:
            try:
                figures[case.name] = module.per_request(bench, case, contender, counter)
            except Failure as failure:
                notes.append(f"{case.name}: {contender.name} failed: {failure}")
        cells = [f"{figures[c.name]:.2f}" if c.name in figures else "failed" for c in chosen]
        rows.append([contender.name, *cells])
        servers[contender.name] = figures
    table = Table(
        f"{title} per request, by {how}", ["server", *(case.name for case in chosen)], rows, notes
    )
    return Findings([table], {"method": how, "servers": servers})
