"""What a quiet connection waits beside nine that flood the same event loop.

The nine keep much in flight and are always ready; the tenth asks for one small echo at a time. All
clients share the generator's core, so the figures are for comparing the two servers, not for
quoting.
"""

import dataclasses
import socket
import time

import processes

FLOODING = 9
_FLOOD = [f"--connections={FLOODING}", "--size=65536", "--depth=4", "--time-limit=60"]
_PAUSE = 0.002  # seconds between two questions


@dataclasses.dataclass(frozen=True)
class Waits:
    """Round trips of the quiet connection, microseconds, sorted."""

    times: list

    def percentile(self, percent):
        return self.times[min(len(self.times) - 1, int(len(self.times) * percent / 100))]


def waits(bench, contender):
    with processes.running(contender, bench.server_core) as server:
        arguments = [*_FLOOD, f"--seconds={bench.rounds * bench.seconds}"]
        with processes.Load(bench.generator, bench.generator_core, server.port, arguments) as load:
            load.expect("start")
            times = _ask(server.port, bench.rounds * bench.seconds * 0.9)
            load.expect("stop")
            load.report()
    return Waits(sorted(times))


def _ask(port, seconds):
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
