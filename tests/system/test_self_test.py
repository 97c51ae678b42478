"""`echoline load --self-test`: what it says of this machine, which may be busy with other tests."""

import re
import signal
import subprocess

import pytest

from program import ECHOLINE, echoline
from sanitized import PATIENCE

RIGHT, WRONG, BUSY = 0, 1, 4


def self_test():
    """A hiccup of the machine that only the service met looks like a fault, but not three times."""
    for _ in range(3):
        done = echoline("load", "--self-test", seconds=60 * PATIENCE)
        if done.returncode != WRONG:
            break
    return done


def test_it_says_right_or_that_the_machine_is_too_busy():
    done = self_test()
    assert done.returncode in (RIGHT, BUSY), done.stdout + done.stderr
    for part in ("constant", "two-valued", "stall", "starvation", "on time"):
        assert f"\n{part} " in done.stdout
    assert "WRONG" not in done.stdout and "less than the truth" not in done.stdout
    # What was planted is found on a busy machine, too.
    assert "  noticed " in done.stdout
    assert re.search(r"\n  1.000 k/s .*(on time|late|INVALID)(, in attempt \d)?\n", done.stdout)
    last = done.stdout.rstrip().rsplit("\n\n", 1)[-1]
    assert last.startswith({RIGHT: "RIGHT", BUSY: "INVALID"}[done.returncode])
    assert all(len(line) <= 80 for line in done.stdout.splitlines())


@pytest.mark.parametrize("arguments", [["127.0.0.1:7"], ["--json", "-"], ["-r", "1k"]], ids=" ".join)
def test_it_has_a_load_and_a_report_of_its_own(arguments):
    done = echoline("load", "--self-test", *arguments)
    assert done.returncode == 2 and done.stdout == ""
    assert "--self-test: has a load and a report of its own; leave " in done.stderr


def test_without_it_a_target_is_required():
    done = echoline("load")
    assert done.returncode == 2 and "TARGET" in done.stderr


def test_it_is_interrupted():
    with subprocess.Popen(
        [ECHOLINE, "load", "--self-test"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout.readline().startswith("A service of known times")
        program.send_signal(signal.SIGINT)
        program.communicate(timeout=60 * PATIENCE)
    assert program.returncode == 130
