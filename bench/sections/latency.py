"""Response times of every server at one rate, counted from when each request was due, so that a
server that stops for a while is charged for all that waits meanwhile."""

import dataclasses
import pathlib
import shutil
import tempfile

import build
import client_load
import processes
from comparison import Spread
from failure import Failure
from field import Field
from findings import Findings, Table
from measure import Bench
from selection import Selection

RATE = 20000  # requests a second that the slowest server of the field manages
CONNECTIONS = 50
HISTOGRAMS = build.OUTPUT / "latency"
_PERCENTILES = ["p50", "p99", "p99.9"]


def measure(bench: Bench, field: Field, selection: Selection) -> Findings:
    shutil.rmtree(HISTOGRAMS, ignore_errors=True)
    HISTOGRAMS.mkdir(parents=True)
    found: dict[str, list[dict]] = {}
    failures: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="echoline-bench-") as scratch:
        for number in range(bench.rounds):
            order = field.echo if number % 2 == 0 else field.echo[::-1]
            for contender in order:
                if contender.name in failures:
                    continue
                file = pathlib.Path(scratch) / f"{contender.name}-{number}.hgrm"
                try:
                    times = _round(bench, field, contender, file)
                    found.setdefault(contender.name, []).append({**times, "hgrm": str(file)})
                except Failure as failure:
                    failures[contender.name] = str(failure)
        for name, rounds in found.items():
            middle = sorted(rounds, key=lambda one: one["p99"])[len(rounds) // 2]
            shutil.copy(middle["hgrm"], HISTOGRAMS / f"{name}.hgrm")
    return _findings(field, found, failures)


def _round(
    bench: Bench, field: Field, contender: processes.Contender, file: pathlib.Path
) -> dict:
    with processes.running(contender, bench.server_core) as server:
        results = client_load.run(
            field.echoline,
            bench.generator_core,
            server,
            f"--rate={RATE}",
            f"--connections={CONNECTIONS}",
            f"--warmup={round(bench.warmup * 1000)}ms",
            f"--duration={round(bench.seconds * 1000)}ms",
            f"--hgrm={file}",
        )
    times = {name: results["response_ns"][name] / 1000 for name in _PERCENTILES}
    return {**times, "valid": results["valid"]}


def _findings(field: Field, found: dict[str, list[dict]], failures: dict[str, str]) -> Findings:
    rows, servers, notes = [], {}, []
    for contender in field.echo:
        name = contender.name
        if name in failures:
            rows.append([name, *("failed" for _ in _PERCENTILES)])
            notes.append(f"{name} failed: {failures[name]}")
            continue
        spreads = {p: Spread.of([one[p] for one in found[name]]) for p in _PERCENTILES}
        rows.append(
            [name, *(f"{s.median:.0f} ({s.low:.0f}-{s.high:.0f})" for s in spreads.values())]
        )
        servers[name] = {p: dataclasses.asdict(spread) for p, spread in spreads.items()}
        invalid = sum(not one["valid"] for one in found[name])
        if invalid:
            notes.append(f"{name}: the client calls {invalid} of {len(found[name])} rounds invalid")
    title = f"Response times at {RATE} requests a second, 50x64B, microseconds"
    values = {"rate": RATE, "servers": servers, "failures": failures}
    return Findings([Table(title, ["server", *_PERCENTILES], rows, notes)], values)
