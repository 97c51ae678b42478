"""What echolined has set itself, and which of it a run's values show to be reached."""

import dataclasses
import statistics
import typing

from field import OURS
from findings import Table

_FOES = ("libuv", "tokio", "go", "asio")
_CPU_CASES = ("50x64B", "50x64B-depth16", "50x16KiB", "1000x64B", "churn")
_LINE_LIMITS = {1: 0.90, 16: 0.55, 64: 0.25, 256: 0.12}


@dataclasses.dataclass(frozen=True)
class Target:
    what: str
    bound: float
    measured: typing.Callable[[dict], float]  # from a run's values; KeyError when it has not been
    at_least: bool = False

    def reached(self, value: float) -> bool:
        return value >= self.bound if self.at_least else value <= self.bound


def _ratio(section: str, case: str, server: str) -> typing.Callable[[dict], float]:
    return lambda values: _case(values, section, case)["servers"][server]["ratio"]["median"]


def _case(values: dict, section: str, case: str) -> dict:
    for one in values[section]["cases"]:
        if one["case"] == case:
            return one
    raise KeyError(case)


def _over(case: str, foe: str) -> typing.Callable[[dict], float]:
    """The median of the rounds: both were taken over the same baseline in each."""

    def measured(values: dict) -> float:
        servers = _case(values, "cpu", case)["servers"]
        pairs = zip(servers[OURS]["ratios"], servers[foe]["ratios"])
        return statistics.median(ours / theirs for ours, theirs in pairs)

    return measured


def _per_core(case: str) -> typing.Callable[[dict], float]:
    """The lower of the ratios on each server."""

    def measured(values: dict) -> float:
        found = [
            one["ratio_per_core"]["median"]
            for one in values["generators"]["comparisons"]
            if one["case"] == case
        ]
        if not found:
            raise KeyError(case)
        return min(found)

    return measured


TARGETS = [
    *(Target(f"CPU over epoll, {case}", 1.05, _ratio("cpu", case, OURS)) for case in _CPU_CASES),
    *(
        Target(f"CPU over {foe}, {case}", 1.0, _over(case, foe))
        for foe in _FOES
        for case in _CPU_CASES
    ),
    *(
        Target(f"CPU over Redis, line, depth {depth}", bound, _ratio("line", case, OURS))
        for depth, bound in _LINE_LIMITS.items()
        for case in [f"line-depth{depth}"]
    ),
    Target(
        "bytes per idle connection",
        640,
        lambda values: values["memory"]["servers"][OURS]["bytes_per_connection"],
    ),
    Target(
        "round trip with busy_poll over without",
        0.35,
        lambda values: values["busy_poll"]["ratio"]["median"],
    ),
    Target(
        "CPU of 50 active among 10,000 over 50 alone",
        1.15,
        lambda values: values["crowd"]["servers"][OURS]["ratio"]["median"],
    ),
    Target(
        "CPU with everything on over the bare handler, 50x64B",
        1.03,
        _ratio("extras", "50x64B", "everything on"),
    ),
    *(
        Target(f"echoline load per core over the C generator, {case}", 0.95, _per_core(case), True)
        for case in ("50x64B", "50x64B-depth16")
    ),
    Target(
        "echoline load at 50,000 a second on one core, p99 of how late it sent, microseconds",
        50,
        lambda values: values["client"]["lag_us"]["p99"]["median"],
    ),
    Target(
        "echoline load with 10,000 connections, peak memory in MB, the heaviest way",
        20,
        lambda values: max(values["client"]["peak_bytes"].values()) / 1e6,
    ),
    Target(
        "start to ready, milliseconds",
        15,
        lambda values: values["start"][OURS]["milliseconds"]["median"],
    ),
]


def table(values: dict) -> Table:
    rows = []
    for target in TARGETS:
        bound = f"{'at least' if target.at_least else 'at most'} {target.bound:g}"
        try:
            value = target.measured(values)
        except KeyError:
            rows.append([target.what, bound, "-", "not measured"])
            continue
        form = f"{value:.0f}" if value >= 100 else f"{value:.3f}"
        rows.append([target.what, bound, form, "yes" if target.reached(value) else "no"])
    return Table("Targets", ["what", "target", "measured", "reached"], rows)
