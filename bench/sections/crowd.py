"""What 10,000 idle connections cost the 50 that are active: the server beside itself without them,
in turns."""

import contextlib
import dataclasses
import resource

import cases
import processes
from comparison import Spread
from failure import Failure
from field import Field
from findings import Findings, Table
from measure import SLICE, Bench, Turns
from selection import Selection

IDLE = 10000
_ROUNDS = 3  # opening so many takes longer than the measurement
_SPARE_DESCRIPTORS = 150


def measure(bench: Bench, field: Field, selection: Selection) -> Findings:
    idle = min(IDLE, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - _SPARE_DESCRIPTORS)
    rounds = min(_ROUNDS, bench.rounds)
    ratios, failures = {}, {}
    for contender in field.echo:
        try:
            ratios[contender.name] = [_ratio(bench, contender, idle) for _ in range(rounds)]
        except Failure as failure:
            failures[contender.name] = str(failure)
    rows = [[name, str(Spread.of(found))] for name, found in ratios.items()]
    rows += [[name, "failed"] for name in failures]
    notes = [f"{name} failed: {why}" for name, why in failures.items()]
    if idle < IDLE:
        notes.append(f"nofile allows no more than {idle} idle connections")
    table = Table(
        f"50x64B beside {idle} idle connections: CPU per request over that without them",
        ["server", "ratio"],
        rows,
        notes,
    )
    servers = {
        name: {"ratios": found, "ratio": dataclasses.asdict(Spread.of(found))}
        for name, found in ratios.items()
    }
    return Findings([table], {"idle": idle, "servers": servers, "failures": failures})


def _ratio(bench: Bench, contender: processes.Contender, idle: int) -> float:
    slices = max(1, round(bench.seconds / SLICE))
    with contextlib.ExitStack() as stack:
        crowded, alone = (
            Turns(stack, bench, cases.FIFTY, contender, slices) for _ in range(2)
        )
        stack.enter_context(
            processes.holding(bench.generator, bench.generator_core, crowded.server, idle)
        )
        for _ in range(slices):
            crowded.take()
            alone.take()
        return crowded.sample().cpu_us_per_request / alone.sample().cpu_us_per_request
