"""`echoline load` against the plain C generator on the same servers: what rates they find, which
checks both, and what a request costs the generator's core."""

import dataclasses

import cases
import client_load
import processes
from cases import Case
from comparison import Spread
from field import Field
from findings import Findings, Table
from measure import Bench
from selection import Selection

AGREEMENT = 0.10  # rates further apart are flagged
_CASES = [cases.FIFTY, cases.BY_NAME["50x64B-depth16"]]


def measure(bench: Bench, field: Field, selection: Selection) -> Findings:
    rows, notes, values = [], [], []
    for case in selection.chosen(_CASES):
        for contender in field.pair():
            rounds = [_round(bench, field, case, contender, turn) for turn in range(bench.rounds)]
            rates = Spread.of([ours["rate"] / plain["rate"] for ours, plain in rounds])
            per_core = Spread.of([ours["per_core"] / plain["per_core"] for ours, plain in rounds])
            plain_rate, our_rate = (Spread.of([r[i]["rate"] for r in rounds]) for i in (1, 0))
            rows.append(
                [f"{case.name} on {contender.name}", f"{plain_rate.median:.0f}"]
                + [f"{our_rate.median:.0f}", str(rates), str(per_core)]
            )
            if abs(rates.median - 1) > AGREEMENT:
                notes.append(
                    f"{case.name} on {contender.name}: the generators' rates differ by more than "
                    f"{AGREEMENT:.0%}"
                )
            values.append(
                {
                    "case": case.name,
                    "server": contender.name,
                    "rounds": [{"echoline": ours, "loadgen": plain} for ours, plain in rounds],
                    "ratio_of_rates": dataclasses.asdict(rates),
                    "ratio_per_core": dataclasses.asdict(per_core),
                    "differ": abs(rates.median - 1) > AGREEMENT,
                }
            )
    table = Table(
        "echoline load over the C generator, closed loop; per core is by the generator's CPU time",
        ["case", "C req/s", "echoline req/s", "ratio of rates", "ratio per core"],
        rows,
        notes,
    )
    return Findings([table], {"comparisons": values})


def _round(
    bench: Bench, field: Field, case: Case, contender: processes.Contender, turn: int
) -> tuple[dict, dict]:
    with processes.running(contender, bench.server_core) as server:
        takes = [_echoline, _loadgen] if turn % 2 == 0 else [_loadgen, _echoline]
        found = {take: take(bench, field, case, server) for take in takes}
    return found[_echoline], found[_loadgen]


def _echoline(bench: Bench, field: Field, case: Case, server: processes.Server) -> dict:
    results = client_load.run(
        field.echoline,
        bench.generator_core,
        server,
        f"--connections={case.connections}",
        f"--pipeline={case.depth}",
        f"--size={case.size}",
        f"--warmup={round(bench.warmup * 1000)}ms",
        f"--duration={round(bench.seconds * 1000)}ms",
    )
    busy = sum(results["generator"]["thread_busy"])
    return {"rate": results["rate"], "per_core": results["rate"] / busy}


def _loadgen(bench: Bench, field: Field, case: Case, server: processes.Server) -> dict:
    arguments = [
        *case.generator_arguments(),
        f"--warmup={bench.warmup}",
        f"--seconds={bench.seconds}",
    ]
    with processes.Load(bench.generator, bench.generator_core, server.port, arguments) as load:
        load.expect("start")
        load.expect("stop")
        report = load.report()
    rate = report["requests_per_second"]
    return {"rate": rate, "per_core": rate / (report["cpu_percent"] / 100)}
