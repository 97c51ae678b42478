"""The account of `echoline send` is exact, whatever the service does and whenever Ctrl-C comes."""

import collections
import random
import signal
import subprocess

import pytest

from full import full_or
from peer import SECONDS
from program import ECHOLINE
from sent_lines import Breaking, numbers, tally
from service import Service

RUNS = full_or(500, 25)


def options_of(chance):
    options = ["-w", "150ms", "-n", chance.choice([1, 2, 5]), "-p", chance.choice([1, 3, 8, 1000])]
    options += ["--retries", chance.choice([0, 1, 20])]
    options += ["--at-most-once"] * chance.randrange(2) + ["-u"] * (chance.random() < 0.3)
    return options + ["--window", 5] * (chance.random() < 0.2)


def check_account(options, service, counts, printed):
    read, sent, answered, retried, lost, not_sent = (
        counts[name] for name in ("read", "sent", "answered", "retried", "lost", "not_sent")
    )
    assert read == sent + not_sent and sent == answered + lost
    assert sum(service.received.values()) <= sent + retried
    if "--at-most-once" in options:
        assert retried == 0 and set(service.received.values()) <= {1}
    assert len(printed) == len(set(printed)) <= answered
    if "-u" not in options:
        assert printed == sorted(printed, key=int)


@pytest.mark.parametrize("run", range(RUNS))
def test_every_line_is_answered_lost_or_not_sent(run):
    chance = random.Random(run)
    how, options = chance.choice(Breaking.WAYS), options_of(chance)
    count = chance.choice([1, 17, 40] if how == "silence" else [1, 17, 100, 300])
    breaking = Breaking(how, seed=run)
    with Service(breaking.serve) as service:
        program = subprocess.Popen(
            [ECHOLINE, "send", "--protocol", "echo", *map(str, options), service.target],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        interrupted = chance.random() < 0.4
        if interrupted:
            program.stdin.write(numbers(count))
            program.stdin.flush()
            first = program.stdout.readline()  # by then it listens to signals
            program.send_signal(signal.SIGINT)
            with program.stdin, program.stdout, program.stderr:
                out, err = first + program.stdout.read(), program.stderr.read()
            program.wait(SECONDS)
        else:
            out, err = program.communicate(numbers(count), timeout=SECONDS)
    counts = collections.Counter(tally(err))
    printed = out.split()
    check_account(options, breaking, counts, printed)
    if not interrupted:
        assert len(printed) == counts["answered"]
        assert program.returncode == (0 if counts["answered"] == count else 1)
