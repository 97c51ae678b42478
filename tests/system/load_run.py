"""`echoline load`, run to its end or while it goes on, and what it tells."""

import contextlib
import json
import subprocess

from program import ECHOLINE, echoline
from sanitized import PATIENCE


# The run is over and right; whether its times can be believed depends on who else uses this machine.
DONE = (0, 4)


def load(*arguments, **options):
    return echoline("load", *arguments, **options)


class Run:
    """A load run to its end: its exit code, its report for people, its results."""

    def __init__(self, done):
        self.returncode, self.summary = done.returncode, done.stderr
        assert done.stdout, done.stderr
        self.results = json.loads(done.stdout)
        self.requests = self.results["requests"]
        self.errors = {kind: count for kind, count in self.results["errors"].items() if count}
        self.errors.pop("total", None)


def measured(*arguments, **options):
    return Run(load("--quiet", "--json", "-", *arguments, **options))


def completed(*arguments, **options):
    """A run without errors, but for what a busy machine leaves unsent at a rate."""
    run = measured(*arguments, **options)
    assert run.returncode in DONE, run.summary
    assert run.errors.keys() <= {"unsent"}
    return run


class Running:
    """A load run that goes on."""

    def __init__(self, popen):
        self._popen = popen
        self.send_signal = popen.send_signal

    def wait_for_interval(self):
        """Until it has measured for a second: the first of the lines that it then prints."""
        while " connections" not in (line := self._popen.stderr.readline()) or "/s" not in line:
            assert line, "it ended before"

    def end(self):
        stdout, stderr = self._popen.communicate(timeout=60 * PATIENCE)
        return Run(subprocess.CompletedProcess([], self._popen.returncode, stdout, stderr))


@contextlib.contextmanager
def running(*arguments):
    popen = subprocess.Popen(
        [ECHOLINE, "load", "--json", "-", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Running(popen)
    finally:
        popen.kill()
        popen.wait(10)
