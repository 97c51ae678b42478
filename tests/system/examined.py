"""Runs of `echoline doctor`."""

import json
import re

from peer import free_port
from program import echoline
from sanitized import PATIENCE


def origin():
    """Where doctor is to listen."""
    return "127.0.0.1", free_port()


def doctor(*arguments, seconds=120):
    done = echoline("doctor", *arguments, seconds=seconds * PATIENCE)
    # A loop of a debug build says where it was held up by a busy machine.
    done.stderr = re.sub(r"^streams: .* held the loop for .*\n", "", done.stderr, flags=re.M)
    return done


def through(proxy, *arguments, **options):
    """A run against a proxy, and its results by number."""
    where = "%s:%d" % proxy.origin
    told = [*proxy.arguments, *arguments]
    done = doctor("--through", proxy.address, "--origin", where, "--json", "-", *told, **options)
    assert done.stderr == "" and done.stdout, done.stderr
    return done, {case["number"]: case for case in json.loads(done.stdout)["cases"]}


def verdicts(cases, *wanted):
    return {number: case["finding"] for number, case in cases.items() if case["verdict"] in wanted}


def run_of(kind, *chosen):
    """A run of these cases against a proxy of a kind."""
    with kind(origin()) as proxy:
        return through(proxy, "--strict", "--quick", *(f"--only={case}" for case in chosen))


def check_that_it_is_found(chosen, run):
    """That a proxy fails the case that was chosen, and is told why."""
    done, cases = run
    [case] = chosen
    assert list(cases) == [case]
    assert cases[case]["verdict"] in ("fail", "not strict"), cases[case]
    assert done.returncode == 1
    assert cases[case]["finding"] and cases[case]["seen"] and cases[case]["broken"] >= 1
