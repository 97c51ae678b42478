"""What came of the rounds of one case, and the ratios in it. Plain values; starts nothing."""

import dataclasses
import statistics

from failure import Failure


@dataclasses.dataclass(frozen=True)
class Sample:
    """One server in one round."""

    cpu_us_per_request: float
    requests_per_second: float
    generator_cpu_percent: float
    generator_bound: bool
    disturbed: bool


@dataclasses.dataclass(frozen=True)
class Spread:
    """A median with what it was taken of. With an even number, the mean of the middle two."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: list[float]) -> "Spread":
        return cls(statistics.median(values), min(values), max(values))

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.low:.2f}-{self.high:.2f})"


class Comparison:
    """Samples by server name and round, and why a server has none from some round on."""

    def __init__(self, case: str, baseline: str):
        self.case = case
        self.baseline = baseline
        self.samples: dict[str, list[Sample]] = {}
        self.failures: dict[str, str] = {}

    def add(self, outcome: dict[str, Sample | Failure]) -> None:
        for name, result in outcome.items():
            if isinstance(result, Failure):
                self.failures[name] = str(result)
            else:
                self.samples.setdefault(name, []).append(result)

    def ratios(self, name: str) -> list[float]:
        """CPU per request of the server over that of the baseline, by round."""
        pairs = zip(self.samples[name], self.samples[self.baseline])
        return [one.cpu_us_per_request / base.cpu_us_per_request for one, base in pairs]

    def spread(self, name: str, field: str) -> Spread:
        return Spread.of([getattr(sample, field) for sample in self.samples[name]])

    def measured(self, name: str) -> bool:
        return name in self.samples and name not in self.failures

    def notes(self) -> list[str]:
        found = [f"{self.case}: {name} failed: {why}" for name, why in self.failures.items()]
        for field, word in ("generator_bound", "generator-bound"), ("disturbed", "disturbed"):
            counts = {
                name: sum(getattr(sample, field) for sample in samples)
                for name, samples in self.samples.items()
            }
            affected = [
                f"{name} {count}/{len(self.samples[name])}"
                for name, count in counts.items()
                if count
            ]
            if affected:
                found.append(f"{self.case}: {word} rounds: {', '.join(affected)}")
        return found

    def values(self) -> dict:
        """As documented in SCHEMA.md."""
        return {
            "case": self.case,
            "baseline": self.baseline,
            "failures": self.failures,
            "servers": {
                name: {
                    "samples": [dataclasses.asdict(sample) for sample in samples],
                    "ratios": self.ratios(name),
                    "ratio": dataclasses.asdict(Spread.of(self.ratios(name))),
                }
                for name, samples in self.samples.items()
            },
        }
