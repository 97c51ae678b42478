"""A daemon whose standard error the test holds in its own hands, or whose start is what counts."""

import os
import signal
import subprocess
import time

from deadline import until
from process import Process
from program import ECHOLINED
from sanitized import PATIENCE

# What waiting for the world may add to a stop, in seconds; the rest is a slow machine's.
AT_ONCE = 0.3 + 0.7 * PATIENCE


class Child(Process):
    """Use it in a `with` block, at whose end it is gone."""

    def __init__(self, *arguments, environment=None, **options):
        options.setdefault("stdin", subprocess.DEVNULL)
        command = [ECHOLINED, *(str(argument) for argument in arguments)]
        self.popen = subprocess.Popen(command, env={**os.environ, **(environment or {})}, **options)
        super().__init__(self.popen.pid)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.popen.poll() is None:
            self.popen.kill()
        self.popen.wait(10)

    def await_signals(self):
        """Until it has blocked the signals that it answers."""
        until(lambda: self.blocks(signal.SIGTERM), 20 * PATIENCE, "its signal mask")

    def signal(self, number):
        self.popen.send_signal(number)

    def ends_within(self, seconds=AT_ONCE):
        """Its exit code; fails where it takes longer."""
        return self.popen.wait(seconds)

    def seconds_to_end(self):
        start = time.monotonic()
        assert self.popen.wait(30 * PATIENCE) == 0
        return time.monotonic() - start
