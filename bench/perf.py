"""Counting one event of a running process with perf, between two exact moments."""

import contextlib
import os
import re
import select
import shutil
import signal
import subprocess

import processes
from failure import Failure

_PATIENCE = 10.0  # seconds for perf to acknowledge an order


def can_count(event: str) -> bool:
    """Whether perf, this kernel and this machine can count `event`."""
    if not shutil.which("perf"):
        return False
    done = subprocess.run(
        ["perf", "stat", "-x,", "-e", event, "true"], capture_output=True, text=True, timeout=30
    )
    return done.returncode == 0 and re.search(r"^\d+,", done.stderr, re.MULTILINE) is not None


class Counter:
    """perf stat attached to a process. begin() and finish() return once perf has obeyed."""

    def __init__(self, event: str, pid: int, core: int):
        self._event = event
        self._pid = pid
        self._core = core

    def __enter__(self) -> "Counter":
        # perf reads orders from one pipe and acknowledges them on the other.
        orders, self._orders = os.pipe()
        self._answers, answers = os.pipe()
        command = ["perf", "stat", "-x,", "-e", self._event, "-p", str(self._pid)]
        command += ["--delay=-1", f"--control=fd:{orders},{answers}"]
        try:
            self._process = processes.start(
                command,
                self._core,
                stderr=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                pass_fds=(orders, answers),
            )
        finally:
            os.close(orders)
            os.close(answers)
        return self

    def __exit__(self, *exception) -> None:
        processes.end(self._process, 5, signal.SIGINT)
        self._process.stderr.close()
        os.close(self._orders)
        os.close(self._answers)

    def begin(self) -> None:
        self._order(b"enable\n")

    def finish(self) -> int:
        """Events since begin()."""
        self._order(b"disable\n")
        self._process.send_signal(signal.SIGINT)
        text = self._process.stderr.read().decode()
        count = re.search(r"^(\d+),", text, re.MULTILINE)
        if not count:
            raise Failure(f"perf counted nothing: {text.strip()}")
        return int(count.group(1))

    def _order(self, order: bytes) -> None:
        with contextlib.suppress(BrokenPipeError):
            os.write(self._orders, order)
        ready, _, _ = select.select([self._answers], [], [], _PATIENCE)
        if not ready or not os.read(self._answers, 16).startswith(b"ack"):
            processes.end(self._process, 0)
            raise Failure(f"perf does not obey: {self._process.stderr.read().decode().strip()}")
