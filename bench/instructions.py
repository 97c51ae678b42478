"""User-space instructions of the server per request.

Counted as the difference of two runs of N and 2N requests, so that start-up, connecting and ending,
which are in both, cancel.
"""

import pathlib
import re
import shutil
import tempfile
import typing

import perf
import processes
from cases import Case
from failure import Failure
from measure import Bench

_EVENT = "instructions:u"
_VALGRIND_PATIENCE = 60.0

Count = typing.Callable[[Bench, Case, processes.Contender, int], int]


def method() -> tuple[str, Count]:
    """How it will be counted, in a sentence, and a function for per_request."""
    difference = "difference of two runs of N and 2N requests"
    if perf.can_count(_EVENT):
        return f"perf stat -e {_EVENT}, {difference}", _with_perf
    if shutil.which("valgrind"):
        return f"valgrind --tool=callgrind (no {_EVENT} here), {difference}", _with_callgrind
    raise Failure(f"neither perf's {_EVENT} nor valgrind can be used here")


def per_request(
    bench: Bench, case: Case, contender: processes.Contender, count: Count
) -> float:
    requests = 4000 if case.mode == "churn" else 20000
    once, twice = (count(bench, case, contender, n) for n in (requests, 2 * requests))
    return (twice - once) / requests


def _with_perf(
    bench: Bench, case: Case, contender: processes.Contender, requests: int
) -> int:
    with (
        processes.running(contender, bench.server_core) as server,
        perf.Counter(_EVENT, server.pid, bench.generator_core) as counter,
    ):
        counter.begin()
        _load(bench, case, server, requests)
        return counter.finish()


def _with_callgrind(
    bench: Bench, case: Case, contender: processes.Contender, requests: int
) -> int:
    with tempfile.TemporaryDirectory(prefix="echoline-bench-") as directory:
        log = pathlib.Path(directory) / "log"
        prefix = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
        prefix.append(f"--log-file={log}")
        with processes.running(
            contender, bench.server_core, prefix, _VALGRIND_PATIENCE
        ) as server:
            _load(bench, case, server, requests)
        text = log.read_text(encoding="utf-8")
    total = re.search(r"Collected : (\d+)", text)
    if not total:
        raise Failure(f"callgrind gave no total: {text[-500:].strip()}")
    return int(total.group(1))


def _load(bench: Bench, case: Case, server: processes.Server, requests: int) -> None:
    arguments = [*case.generator_arguments(), f"--requests={requests}"]
    with processes.Load(bench.generator, bench.generator_core, server.port, arguments) as load:
        load.expect("start")
        load.expect("stop")
        load.report()
