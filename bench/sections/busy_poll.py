"""One connection's ping-pong, in which everything waits for somebody to wake up: echolined spinning
for 50 us before it sleeps, against echolined sleeping at once."""

import dataclasses

import client_load
import daemon
import processes
from comparison import Spread
from field import Field
from findings import Findings, Table
from measure import Bench
from selection import Selection

SPIN = "50us"


def measure(bench: Bench, field: Field, selection: Selection) -> Findings:
    sleeping = daemon.echolined(field.echolined, name="off")
    spinning = daemon.echolined(field.echolined, name=SPIN, busy_poll=SPIN)
    times: dict[str, list[float]] = {sleeping.name: [], spinning.name: []}
    for number in range(bench.rounds):
        order = [sleeping, spinning] if number % 2 == 0 else [spinning, sleeping]
        for contender in order:
            times[contender.name].append(_median_time(bench, field, contender))
    ratios = [on / off for on, off in zip(times[SPIN], times["off"])]
    rows = [
        [name, f"{Spread.of(found).median:.1f}", str(Spread.of([t / o for t, o in pairs]))]
        for name, found in times.items()
        for pairs in [list(zip(found, times["off"]))]
    ]
    title = "Round trip of one connection, 64 B, microseconds: p50 by busy_poll"
    values = {"p50_us": times, "ratios": ratios, "ratio": dataclasses.asdict(Spread.of(ratios))}
    return Findings([Table(title, ["busy_poll", "p50", "ratio"], rows)], values)


def _median_time(bench: Bench, field: Field, contender: processes.Contender) -> float:
    with processes.running(contender, bench.server_core) as server:
        results = client_load.run(
            field.echoline,
            bench.generator_core,
            server,
            "--connections=1",
            f"--warmup={round(bench.warmup * 1000)}ms",
            f"--duration={round(bench.seconds * 1000)}ms",
        )
    return results["service_ns"]["p50"] / 1000
