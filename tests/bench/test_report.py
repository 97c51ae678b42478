import machine
import report
import targets
from findings import Table

TABLE = Table("title", ["server", "ratio"], [["epoll", "1.00"], ["x", "12.00"]], ["a note"])


def test_text_columns_are_as_wide_as_their_widest_cell():
    assert report.table_text(TABLE) == (
        "title\nserver  ratio\nepoll    1.00\nx       12.00\n  a note\n"
    )


def test_markdown_has_a_row_for_each_row_and_the_notes_below():
    lines = report.table_markdown(TABLE).splitlines()
    assert lines[2:6] == ["| server | ratio |", "| --- | ---: |", "| epoll | 1.00 |", "| x | 12.00 |"]
    assert lines[-1] == "a note"


def test_targets_that_were_not_measured_say_so():
    assert {row[3] for row in targets.table({}).rows} == {"not measured"}


def test_a_target_is_reached_at_its_bound_and_not_beyond():
    values = {"busy_poll": {"ratio": {"median": 0.35}}}
    assert _reached(values, "round trip with busy_poll over without") == "yes"
    values["busy_poll"]["ratio"]["median"] = 0.36
    assert _reached(values, "round trip with busy_poll over without") == "no"


def test_of_several_generator_comparisons_the_worst_decides():
    ratios = [{"case": "50x64B", "ratio_per_core": {"median": ratio}} for ratio in (1.2, 0.9)]
    values = {"generators": {"comparisons": ratios}}
    assert _reached(values, "echoline load per core over the C generator, 50x64B") == "no"


def test_the_kernels_lists_of_cores_are_understood():
    assert machine.core_list("0-2,8") == {0, 1, 2, 8}


def _reached(values, what):
    return next(row[3] for row in targets.table(values).rows if row[0] == what)
