import regressions


def test_what_is_more_than_five_percent_above_the_record_is_worse():
    recorded = {"a": 100.0, "b": 100.0, "c": 100.0}
    assert regressions.worse(recorded, {"a": 104.9, "b": 105.1, "c": 50.0}) == ["b"]


def test_a_figure_without_a_record_is_new_and_not_worse():
    assert regressions.worse({}, {"a": 1.0}) == []
    assert regressions.table("title", {}, {"a": 1.0}).rows == [["a", "-", "1.00", "new"]]


def test_the_table_tells_the_change_against_the_record():
    table = regressions.table("title", {"a": 200.0}, {"a": 210.0})
    assert table.rows == [["a", "200.00", "210.00", "+5.0 %"]]
