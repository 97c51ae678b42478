import cases
import pytest
from failure import Failure
from selection import Selection

SECTIONS = ["cpu", "memory"]


def test_names_are_sorted_into_sections_cases_and_peers():
    chosen = Selection.parse("memory, churn,tokio", SECTIONS)
    assert (chosen.sections, chosen.cases, chosen.peers) == (["memory"], ["churn"], ["tokio"])


def test_an_unknown_name_is_refused_by_name():
    with pytest.raises(Failure, match="'nonsense'"):
        Selection.parse("churn,nonsense", SECTIONS)


def test_without_a_case_all_of_a_table_are_chosen():
    assert Selection.parse("", SECTIONS).chosen(cases.ECHO) == cases.ECHO
    assert Selection.parse("churn", SECTIONS).chosen(cases.ECHO) == [cases.CHURN]
