"""What must not break the daemon, case by case, and the figures that the tests have found.

A test that shows a case says so, once it has the figure that it asserts:

    def test_...(start_daemon, reliability):
        ...
        reliability(6, f"closed {late:.2f} s late at most")

Where ECHOLINE_RELIABILITY names a folder, as in tests/run, each test that passes leaves its figures
there, and the script tests/reliability makes the table of them, tests/RELIABILITY.md."""

import datetime
import json
import os
import pathlib

from full import FULL
from sanitized import SANITIZED

# By number; those with an S are of security.
CASES = {
    "1": "limit reached, refuse: exactly the limit is served, the others are told",
    "2": "limit reached, wait: nobody is accepted, at no cost; the next one as one leaves; no leak",
    "3": "EMFILE, ENFILE, ENOBUFS, ENOMEM, ECONNABORTED on accept: no spin, no flood, service again",
    "4": "descriptors: the limit fits what may be open, and the admin is served when it is full",
    "5": "slow readers: read no faster than they read, memory bounded, the stalled are closed",
    "6": "idle: closed in time, the active are kept",
    "7": "slowloris: a byte a second does not put a line's deadline off",
    "8": "caps of connections per source",
    "9": "rates of connections and of bytes",
    "10": "long lines: one error, the next line works, memory flat",
    "11": "the wrong protocol: errors, bounded, alive",
    "12": "half-close: every byte comes back, then FIN",
    "13": "resets in mid-write: alive, descriptors unchanged",
    "14": "system calls that come short or fail: byte-exact or an error, never a clean short end",
    "15": "a storm of signals: coalesced, nothing dropped",
    "16": "reloads under load: no error; a bad file keeps the old configuration",
    "17": "the stop: idle at once, busy to their end, the rest aborted at the grace",
    "18": "restarts on one socket under load: nobody refused, nobody cut off",
    "19": "out of memory: sheds and goes on",
    "20": "whatever a peer sends, an event is one entry of the log",
    "21": "a flood of one kind in the log: ten lines a second and a count",
    "22": "parsers, fuzzed",
    "23": "a whole connection, fuzzed: no splitting makes a difference",
    "24": "everything again under sanitizers",
    "25": "soak: memory and descriptors flat, every byte right",
    "S1": "who may connect, by address, before anything is allocated",
    "S2": "nothing listens beyond loopback that was not asked for",
    "S3": "no privileges of its own",
    "S4": "a reply is no longer than its request and a constant; it never connects outward",
    "S5": "metrics and health: loopback by default, read-only",
    "S6": "SIGPIPE is ignored, no work in a handler",
    "S7": "faults on a peer's word: off by default",
    "S8": "no version for strangers",
    "S9": "hardened binaries",
}

_RESULTS = os.environ.get("ECHOLINE_RELIABILITY")


def record(case, figure, command, folder=_RESULTS):
    """Keeps what `command` has found of a case; one line, whatever is said."""
    assert str(case) in CASES, case
    if not folder:
        return
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.datetime.now(datetime.timezone.utc).isoformat()
    line = {"case": str(case), "figure": figure, "command": command, "time": now, "full": FULL}
    # One write, because tests run side by side.
    with open(folder / "figures", "ab", buffering=0) as figures:
        figures.write(json.dumps(line).encode() + b"\n")


class Notes:
    """The figures of tests that are under way; only those of tests that pass are kept."""

    def __init__(self):
        self._by_test = {}

    def add(self, test, case, figure):
        assert str(case) in CASES, case
        self._by_test.setdefault(test, {}).setdefault(case, []).append(figure)

    def judge(self, report):
        """Of pytest: a test has been set up, has run, or has been taken down."""
        if not report.passed:
            self._by_test.pop(report.nodeid, None)
        elif report.when == "teardown":
            path, _, name = report.nodeid.partition("::")
            for case, figures in self._by_test.pop(report.nodeid, {}).items():
                if not SANITIZED:  # with which nothing is as large or as fast as it is
                    record(case, "; ".join(figures), f"{pathlib.Path(path).name} {name}")
