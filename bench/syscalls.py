"""System calls of the server per request, counted over a window that holds nothing else."""

import pathlib
import shutil
import signal
import subprocess
import tempfile
import typing

import perf
import processes
from cases import Case
from failure import Failure
from measure import Bench

_EVENT = "raw_syscalls:sys_enter"


class StraceCounter:
    """The same as perf.Counter with strace, which stops the server at every call."""

    def __init__(self, pid: int, core: int):
        self._pid = pid
        self._core = core

    def __enter__(self) -> "StraceCounter":
        self._directory = tempfile.TemporaryDirectory(prefix="echoline-bench-")
        self._table = pathlib.Path(self._directory.name) / "calls"
        self._process = None
        return self

    def __exit__(self, *exception) -> None:
        if self._process:
            processes.end(self._process, 5, signal.SIGINT)
            self._process.stderr.close()
        self._directory.cleanup()

    def begin(self) -> None:
        command = ["strace", "-f", "-c", "-o", str(self._table), "-p", str(self._pid)]
        self._process = processes.start(command, self._core, stderr=subprocess.PIPE)
        line = self._process.stderr.readline().decode()
        if "attached" not in line:
            raise Failure(f"strace: {line.strip() or 'has ended'}")

    def finish(self) -> int:
        processes.end(self._process, 5, signal.SIGINT)
        rows = [line.split() for line in self._table.read_text(encoding="utf-8").splitlines()]
        # % time, seconds, usecs/call, calls, errors if any, name
        return sum(int(row[3]) for row in rows if row and row[-1] == "total")


Counter = typing.Union[perf.Counter, StraceCounter]
MakeCounter = typing.Callable[[int, int], Counter]


def method() -> tuple[str, MakeCounter]:
    """How it will be counted, in a sentence, and a function of (pid, core) that makes a counter."""
    if perf.can_count(_EVENT):
        return (
            f"perf stat -e {_EVENT}, enabled for the window only",
            lambda pid, core: perf.Counter(_EVENT, pid, core),
        )
    if shutil.which("strace"):
        return (
            "strace -c -f, for want of perf's tracepoints; it slows the server down and so changes "
            "how many requests one wake-up finds: compare with care",
            StraceCounter,
        )
    raise Failure("neither perf's tracepoints nor strace can be used here")


def per_request(
    bench: Bench, case: Case, contender: processes.Contender, make_counter: MakeCounter
) -> float:
    with processes.running(contender, bench.server_core) as server:
        arguments = [
            *case.generator_arguments(),
            f"--warmup={bench.warmup}",
            f"--seconds={bench.seconds}",
            "--wait",
        ]
        with (
            processes.Load(bench.generator, bench.generator_core, server.port, arguments) as load,
            make_counter(server.pid, bench.generator_core) as counter,
        ):
            load.expect("start")
            counter.begin()
            load.proceed()
            load.expect("stop")
            count = counter.finish()
            load.proceed()
            return count / load.report()["requests"]
