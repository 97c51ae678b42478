"""CPU time per request, server against server, in interleaved rounds.

The kernel's own account of a thread's time on a core (schedstat) is read at both ends of each of
the generator's windows, when nothing is in flight, so set-up and warm-up are not in it.

A machine that is shared, or a virtual one, changes its speed by half within seconds. So in a round
all servers run, each with a generator of its own, and take turns in slices too short for that;
ratios are taken within the round. Each round starts the servers afresh, in the other order.
"""

import contextlib
import dataclasses
import pathlib
import typing

import processes
import spent
from cases import Case
from comparison import Comparison, Sample
from failure import Failure

SLICE = 0.1  # seconds of one server's turn
GENERATOR_BOUND = 0.99  # share of its time in which the generator was at work
DISTURBED = 0.02  # share of the window in which a process was ready but another had its core


@dataclasses.dataclass(frozen=True)
class Bench:
    """What all measurements share."""

    generator: pathlib.Path
    server_core: int
    generator_core: int
    rounds: int
    seconds: float  # of each server in each round, the sum of its slices
    warmup: float


def compare(bench: Bench, case: Case, contenders: list[processes.Contender]) -> Comparison:
    """All rounds of the case; the first contender is the baseline. One that fails a round takes no
    part in the next ones, and the comparison says why."""
    comparison = Comparison(case.name, contenders[0].name)
    for number in range(bench.rounds):
        able = [one for one in contenders if one.name not in comparison.failures]
        comparison.add(_round(bench, case, able if number % 2 == 0 else able[::-1]))
        if comparison.baseline in comparison.failures:
            reason = comparison.failures[comparison.baseline]
            raise Failure(f"{case.name}: {comparison.baseline}: {reason}")
    return comparison


def _round(
    bench: Bench, case: Case, contenders: list[processes.Contender]
) -> dict[str, Sample | Failure]:
    slices = max(1, round(bench.seconds / SLICE))
    outcome: dict[str, Sample | Failure] = {}
    with contextlib.ExitStack() as stack:
        turns = {}
        for contender in contenders:
            with _failing_alone(outcome, contender.name):
                turns[contender.name] = Turns(stack, bench, case, contender, slices)
        for _ in range(slices):
            for name, one in turns.items():
                if name not in outcome:
                    with _failing_alone(outcome, name):
                        one.take()
        for name, one in turns.items():
            if name not in outcome:
                with _failing_alone(outcome, name):
                    outcome[name] = one.sample()
    return outcome


@contextlib.contextmanager
def _failing_alone(
    outcome: dict[str, Sample | Failure], name: str
) -> typing.Iterator[None]:
    try:
        yield
    except Failure as failure:
        outcome[name] = failure


class Turns:
    """A server and its generator, at rest but during take()."""

    def __init__(
        self,
        stack: contextlib.ExitStack,
        bench: Bench,
        case: Case,
        contender: processes.Contender,
        slices: int,
    ):
        self.server = stack.enter_context(processes.running(contender, bench.server_core))
        arguments = [
            *case.generator_arguments(),
            f"--warmup={bench.warmup}",
            f"--seconds={bench.seconds / slices}",
            f"--windows={slices}",
            "--time-limit=300",
            "--wait",
        ]
        self._load = stack.enter_context(
            processes.Load(bench.generator, bench.generator_core, self.server.port, arguments)
        )
        self._pids = self.server.pid, self._load.pid
        self._spent = spent.Spent(), spent.Spent()
        self._load.expect("start")
        self._left = slices

    def take(self) -> None:
        before = [spent.of(pid) for pid in self._pids]
        self._load.proceed()
        self._load.expect("stop")
        after = [spent.of(pid) for pid in self._pids]
        self._spent = tuple(
            total + late - early for total, late, early in zip(self._spent, after, before)
        )
        self._load.proceed()
        self._left -= 1
        if self._left:
            self._load.expect("start")

    def sample(self) -> Sample:
        report = self._load.report()
        server, generator = self._spent
        window = report["seconds"] * 1e9
        return Sample(
            cpu_us_per_request=server.on_core / 1000 / report["requests"],
            requests_per_second=report["requests_per_second"],
            generator_cpu_percent=report["cpu_percent"],
            generator_bound=generator.on_core >= GENERATOR_BOUND * (window - generator.delayed),
            disturbed=max(server.delayed, generator.delayed) > DISTURBED * window,
        )
