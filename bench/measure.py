"""CPU time per request, server against server, in interleaved rounds.

The kernel's own account of a thread's time on a core (schedstat) is read at both ends of each of
the generator's windows, when nothing is in flight, so set-up and warm-up are not in it.

A machine that is shared, or a virtual one, changes its speed by half within seconds. So in a round
both servers run, each with a generator of its own, and take turns in slices too short for that;
the ratio is taken within the round. Each round starts the servers afresh, in the other order.
"""

import contextlib
import dataclasses
import pathlib
import statistics

import processes
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


@dataclasses.dataclass(frozen=True)
class Sample:
    """One server in one round."""

    cpu_us_per_request: float
    requests_per_second: float
    generator_cpu_percent: float
    generator_bound: bool
    disturbed: bool


@dataclasses.dataclass(frozen=True)
class Comparison:
    """All rounds of a case: samples by server name, the baseline first."""

    case: str
    samples: dict[str, list[Sample]]

    def median(self, name, field):
        return statistics.median(getattr(sample, field) for sample in self.samples[name])

    def ratios(self):
        """CPU per request of the second server over that of the first, by round."""
        first, second = self.samples.values()
        return [b.cpu_us_per_request / a.cpu_us_per_request for a, b in zip(first, second)]

    def notes(self):
        found = []
        for name, samples in self.samples.items():
            bound = sum(sample.generator_bound for sample in samples)
            disturbed = sum(sample.disturbed for sample in samples)
            if bound:
                found.append(f"{name}: generator-bound in {bound} of {len(samples)}")
            if disturbed:
                found.append(f"{name}: disturbed in {disturbed} of {len(samples)}")
        return "; ".join(found)


def compare(bench, case, contenders):
    """A Comparison of the two contenders in one case."""
    samples = {contender.name: [] for contender in contenders}
    for number in range(bench.rounds):
        order = contenders if number % 2 == 0 else contenders[::-1]
        for contender, sample in zip(order, _round(bench, case, order)):
            samples[contender.name].append(sample)
    return Comparison(case.name, samples)


def _round(bench, case, contenders):
    slices = max(1, round(bench.seconds / SLICE))
    with contextlib.ExitStack() as stack:
        turns = [_Turns(stack, bench, case, contender, slices) for contender in contenders]
        for _ in range(slices):
            for one in turns:
                one.take()
        return [one.sample() for one in turns]


class _Turns:
    """A server and its generator, at rest but during take()."""

    def __init__(self, stack, bench, case, contender, slices):
        server = stack.enter_context(processes.running(contender, bench.server_core))
        arguments = [
            *case.generator_arguments(),
            f"--warmup={bench.warmup}",
            f"--seconds={bench.seconds / slices}",
            f"--windows={slices}",
            f"--time-limit={60 + round(3 * (bench.warmup + bench.seconds))}",
            "--wait",
        ]
        self._load = stack.enter_context(
            processes.Load(bench.generator, bench.generator_core, server.port, arguments)
        )
        self._pids = server.pid, self._load.pid
        self._spent = _Spent(), _Spent()
        self._load.expect("start")
        self._left = slices

    def take(self):
        before = [_spent(pid) for pid in self._pids]
        self._load.proceed()
        self._load.expect("stop")
        after = [_spent(pid) for pid in self._pids]
        self._spent = [
            total + late - early for total, late, early in zip(self._spent, after, before)
        ]
        self._load.proceed()
        self._left -= 1
        if self._left:
            self._load.expect("start")

    def sample(self):
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


@dataclasses.dataclass(frozen=True)
class _Spent:
    """Nanoseconds of all threads of a process on a core, and ready but without one."""

    on_core: int = 0
    delayed: int = 0

    def __add__(self, other):
        return _Spent(self.on_core + other.on_core, self.delayed + other.delayed)

    def __sub__(self, other):
        return _Spent(self.on_core - other.on_core, self.delayed - other.delayed)


def _spent(pid):
    total = _Spent()
    try:
        for thread in pathlib.Path(f"/proc/{pid}/task").iterdir():
            on_core, delayed, _ = (thread / "schedstat").read_text(encoding="ascii").split()
            total += _Spent(int(on_core), int(delayed))
    except OSError as error:
        raise Failure(f"no CPU times of process {pid}: {error}") from None
    return total
