"""What a quiet connection waits beside nine that flood the same event loop.

The nine keep much in flight and are always ready; the tenth asks for one small echo at a time. All
clients share the generator's core, so the figures are for comparing the two servers, not for
quoting.
"""

import socket
import time

import processes
from field import Field
from findings import Findings, Table
from measure import Bench
from selection import Selection

FLOODING = 9
_FLOOD = [f"--connections={FLOODING}", "--size=65536", "--depth=4", "--time-limit=60"]
_PAUSE = 0.002  # seconds between two questions
_PERCENTILES = (50, 99, 100)


def measure(bench: Bench, field: Field, selection: Selection) -> Findings:
    waits = {contender.name: _waits(bench, contender) for contender in field.pair()}
    rows = [
        [name, str(len(times)), *(f"{_percentile(times, p):.0f}" for p in _PERCENTILES)]
        for name, times in waits.items()
    ]
    title = f"Round trips of a quiet connection beside {FLOODING} that flood, microseconds"
    servers = {
        name: {f"p{p}": _percentile(times, p) for p in _PERCENTILES}
        for name, times in waits.items()
    }
    return Findings([Table(title, ["server", "asked", "p50", "p99", "max"], rows)], servers)


def _percentile(times: list[float], percent: float) -> float:
    return times[min(len(times) - 1, int(len(times) * percent / 100))]


def _waits(bench: Bench, contender: processes.Contender) -> list[float]:
    """Round trips, microseconds, sorted."""
    seconds = bench.rounds * bench.seconds
    with processes.running(contender, bench.server_core) as server:
        arguments = [*_FLOOD, f"--seconds={seconds}"]
        with processes.Load(bench.generator, bench.generator_core, server.port, arguments) as load:
            load.expect("start")
            times = _ask(server.port, seconds * 0.9)
            load.expect("stop")
            load.report()
    return sorted(times)


def _ask(port: int, seconds: float) -> list[float]:
    times = []
    end = time.perf_counter() + seconds
    with socket.create_connection(("127.0.0.1", port), timeout=10) as quiet:
        quiet.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while (start := time.perf_counter()) < end:
            quiet.sendall(b"quiet")
            answer = b""
            while len(answer) < 5:
                answer += quiet.recv(5 - len(answer))
            times.append((time.perf_counter() - start) * 1e6)
            time.sleep(_PAUSE)
    return times
