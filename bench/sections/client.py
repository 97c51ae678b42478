"""`echoline load` itself: how late it sends what is due at a high rate, on one core, and what ten
thousand connections weigh."""

import dataclasses
import typing

import client_load
import processes
from comparison import Spread
from field import Field
from findings import Findings, Table
from measure import Bench
from selection import Selection

_Found = typing.TypeVar("_Found")

RATE = 50000  # requests a second
CONNECTIONS = 10000
_PERCENTILES = ["p50", "p99", "p99.9"]
# How the connections come to be makes a difference to what waits meanwhile.
_WAYS = {
    "closed loop": [],
    "20,000 a second": ["--rate=20k"],
    "20,000 a second, connected at 5,000 a second": ["--rate=20k", "--connect-rate=5k"],
}


def measure(bench: Bench, field: Field, selection: Selection) -> Findings:
    lag, lag_table = _lag(bench, field)
    weight, weight_table = _weight(bench, field)
    return Findings([lag_table, weight_table], {"lag_us": lag, "peak_bytes": weight})


def _lag(bench: Bench, field: Field) -> tuple[dict, Table]:
    found = []
    for _ in range(bench.rounds):
        results = _with_server(client_load.run, bench, field, f"--rate={RATE}")
        found.append(results["generator"])
    spreads = {
        name: Spread.of([one["lag_ns"][name] / 1000 for one in found]) for name in _PERCENTILES
    }
    busy = Spread.of([one["thread_busy"][0] - one["thread_spun"][0] for one in found])
    table = Table(
        f"How late echoline load sent, at {RATE} requests a second by one thread on one core",
        ["microseconds", *_PERCENTILES, "at work"],
        [["late", *(str(spread) for spread in spreads.values()), str(busy)]],
    )
    return {name: dataclasses.asdict(spread) for name, spread in spreads.items()}, table


def _weight(bench: Bench, field: Field) -> tuple[dict, Table]:
    peaks = {
        way: _with_server(
            client_load.weigh, bench, field, f"--connections={CONNECTIONS}", *options
        )
        for way, options in _WAYS.items()
    }
    table = Table(
        f"Peak resident memory of echoline load with {CONNECTIONS} connections",
        ["load", "MB"],
        [[way, f"{peak / 1e6:.1f}"] for way, peak in peaks.items()],
    )
    return peaks, table


def _with_server(
    run: typing.Callable[..., _Found], bench: Bench, field: Field, *options: str
) -> _Found:
    with processes.running(field.ours, bench.server_core) as server:
        return run(
            field.echoline,
            bench.generator_core,
            server,
            f"--warmup={round(bench.warmup * 1000)}ms",
            f"--duration={round(bench.seconds * 1000)}ms",
            *options,
        )
