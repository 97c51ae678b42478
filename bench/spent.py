"""The CPU time of a process, from the kernel's account of each of its threads (schedstat)."""

import dataclasses
import pathlib

from failure import Failure


@dataclasses.dataclass(frozen=True)
class Spent:
    """Nanoseconds of all threads of a process on a core, and ready but without one."""

    on_core: int = 0
    delayed: int = 0

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.on_core + other.on_core, self.delayed + other.delayed)

    def __sub__(self, other: "Spent") -> "Spent":
        return Spent(self.on_core - other.on_core, self.delayed - other.delayed)


def of(pid: int) -> Spent:
    total = Spent()
    try:
        for thread in pathlib.Path(f"/proc/{pid}/task").iterdir():
            on_core, delayed, _ = (thread / "schedstat").read_text(encoding="ascii").split()
            total += Spent(int(on_core), int(delayed))
    except OSError as error:
        raise Failure(f"no CPU times of process {pid}: {error}") from None
    return total
