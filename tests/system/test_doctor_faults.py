"""`echoline doctor --through`: each proxy that passes octets on wrongly, or too late, or not at all, is
found by the case that is for it."""

import pytest

from examined import check_that_it_is_found
from mutants import faults


@pytest.mark.parametrize("kind, cases", faults("1.", "2.", "5.", "6.", "8.", "11."))
def test_a_fault_is_found_by_the_case_that_is_for_it(kind, cases, found):
    check_that_it_is_found(cases, found(kind, cases))
