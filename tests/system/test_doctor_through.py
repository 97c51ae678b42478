"""`echoline doctor --through`: a right proxy passes everything, and each that ends connections wrongly
is found by the case that is for it."""

import pytest

from examined import check_that_it_is_found, origin, through, verdicts
from middle import Proxy
from mutants import faults


def test_everything_passes_through_a_right_proxy():
    with Proxy(origin()) as proxy:
        done, cases = through(proxy, "--strict", "--quick")
    assert not verdicts(cases, "fail", "not strict", "skipped")
    assert done.returncode == 0
    assert len(verdicts(cases, "pass")) > 40


@pytest.mark.parametrize("case, mutant", faults("3.", "4."))
def test_a_wrong_end_is_found_by_the_case_that_is_for_it(case, mutant):
    check_that_it_is_found(case, mutant)
