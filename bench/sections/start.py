"""From the start of the process until it serves: READY=1 where the server says so, as systemd would
hear it (sd_notify(3)), else the first connection that it accepts."""

import contextlib
import dataclasses
import os
import pathlib
import socket
import subprocess
import tempfile
import time

import processes
from comparison import Spread
from failure import Failure
from field import Field
from findings import Findings, Table
from measure import Bench
from selection import Selection

STARTS = 15
_LIMIT = 10.0  # seconds
_POLL = 0.0002
_READY_AFTER_ACCEPT = 0.2  # seconds a notification may come after the first connection


def measure(bench: Bench, field: Field, selection: Selection) -> Findings:
    rows, servers = [], {}
    for contender in field.pair():
        starts = [_start(bench, contender) for _ in range(STARTS)]
        signs = {sign for sign, _ in starts}
        times = Spread.of([seconds * 1000 for _, seconds in starts])
        rows.append([contender.name, str(times), " or ".join(sorted(signs))])
        servers[contender.name] = {
            "milliseconds": dataclasses.asdict(times),
            "signs": sorted(signs),
        }
    title = f"Start to ready, milliseconds, {STARTS} starts"
    return Findings([Table(title, ["server", "time", "by"], rows)], servers)


def _start(bench: Bench, contender: processes.Contender) -> tuple[str, float]:
    """How readiness showed, and seconds."""
    with tempfile.TemporaryDirectory(prefix="echoline-bench-") as directory:
        scratch = pathlib.Path(directory)
        port = processes.free_port()
        command = contender.command(port, scratch)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notified:
            notified.bind(str(scratch / "notify"))
            notified.setblocking(False)
            begin = time.perf_counter()
            process = processes.start(
                command,
                bench.server_core,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "NOTIFY_SOCKET": str(scratch / "notify")},
            )
            try:
                return _until_ready(process, begin, notified, port)
            finally:
                processes.end(process, 5)


def _until_ready(
    process: subprocess.Popen, begin: float, notified: socket.socket, port: int
) -> tuple[str, float]:
    accepted = None
    while True:
        now = time.perf_counter() - begin
        if _says_ready(notified):
            return "READY=1", now
        if accepted is None and _accepts(port):
            accepted = time.perf_counter() - begin
        if accepted is not None and now > accepted + _READY_AFTER_ACCEPT:
            return "first connection", accepted
        if process.poll() is not None or now > _LIMIT:
            raise Failure(f"not ready after {now:.1f} s")
        time.sleep(_POLL)


def _says_ready(notified: socket.socket) -> bool:
    with contextlib.suppress(BlockingIOError):
        return "READY=1" in notified.recv(4096).decode().splitlines()
    return False


def _accepts(port: int) -> bool:
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    return False
