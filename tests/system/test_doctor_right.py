"""A right proxy never fails, however often it is examined and however busy the machine is."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from examined import origin, through, verdicts
from full import FULL
from middle import Proxy

pytestmark = pytest.mark.skipif(not FULL, reason="a hundred runs take minutes")


def broken_in(*arguments):
    with Proxy(origin()) as proxy:
        _, results = through(proxy, *arguments, seconds=900)
    return results, verdicts(results, "fail", "not strict")


def test_what_depends_on_time_holds_in_a_hundred_runs():
    results, broken = broken_in("--quick")
    assert not broken
    timed = [f"--only={number}" for number, case in results.items() if case["tries"] > 1]
    assert len(timed) >= 20
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda _: broken_in("--quick", *timed)[1], range(100)))
    assert runs == [{}] * 100


def test_everything_holds_in_ten_whole_runs():
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda _: broken_in()[1], range(10)))
    assert runs == [{}] * 10
