from comparison import Comparison, Sample, Spread
from failure import Failure


def sample(cpu, bound=False, disturbed=False):
    return Sample(
        cpu_us_per_request=cpu,
        requests_per_second=1000,
        generator_cpu_percent=50,
        generator_bound=bound,
        disturbed=disturbed,
    )


def test_a_spread_is_the_median_with_the_lowest_and_the_highest():
    assert Spread.of([3, 1, 2]) == Spread(median=2, low=1, high=3)
    assert str(Spread.of([1, 2])) == "1.50 (1.00-2.00)"


def test_ratios_are_taken_within_a_round_and_not_of_the_medians():
    comparison = Comparison("case", "base")
    comparison.add({"base": sample(1), "other": sample(2)})
    comparison.add({"base": sample(10), "other": sample(10)})
    comparison.add({"base": sample(4), "other": sample(2)})
    assert comparison.ratios("other") == [2, 1, 0.5]
    assert comparison.values()["servers"]["other"]["ratio"]["median"] == 1


def test_a_server_that_failed_counts_as_not_measured_and_is_told_with_its_reason():
    comparison = Comparison("case", "base")
    comparison.add({"base": sample(1), "other": sample(2)})
    comparison.add({"base": sample(1), "other": Failure("it ended")})
    assert comparison.measured("base")
    assert not comparison.measured("other")
    assert comparison.notes() == ["case: other failed: it ended"]
    assert comparison.values()["failures"] == {"other": "it ended"}


def test_notes_say_in_how_many_rounds_a_figure_is_not_the_servers_own():
    comparison = Comparison("case", "base")
    comparison.add({"base": sample(1, bound=True), "other": sample(2)})
    comparison.add({"base": sample(1), "other": sample(2, disturbed=True)})
    assert comparison.notes() == [
        "case: generator-bound rounds: base 1/2",
        "case: disturbed rounds: other 1/2",
    ]


def test_a_reason_of_several_lines_becomes_one_so_that_it_fits_a_table():
    assert str(Failure("it ended:\n  no port\n")) == "it ended: no port"
