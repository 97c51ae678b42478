"""`echoline doctor --through`: a right proxy passes everything, and each that ends connections wrongly
is found by the case that is for it."""

import pytest

from examined import check_that_it_is_found, verdicts
from full import full_or
from middle import Proxy
from mutants import faults


# Side by side, for most of the time they wait.
PARTS = [("1.*", "2.*"), ("3.*", "4.*", "7.*"), ("5.*", "6.*"), ("8.*", "9.*", "10.*", "11.*", "13.*")]


@pytest.mark.parametrize("kind, cases", [(Proxy, part) for part in full_or([sum(PARTS, ())], PARTS)])
def test_everything_passes_through_a_right_proxy(kind, cases, found):
    done, results = found(kind, cases)
    assert not verdicts(results, "fail", "not strict")
    # What is for an option.
    assert all("--" in why for why in verdicts(results, "skipped").values())
    assert done.returncode == 0
    assert len(verdicts(results, "pass")) >= 4


@pytest.mark.parametrize("kind, cases", faults("3.", "4."))
def test_a_wrong_end_is_found_by_the_case_that_is_for_it(kind, cases, found):
    check_that_it_is_found(cases, found(kind, cases))
