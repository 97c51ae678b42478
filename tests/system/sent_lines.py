"""What `echoline send` is given and what it tells of it."""

import re


SUMMARY = re.compile(
    r"echoline: lines: (?P<read>\d+) read, (?P<sent>\d+) sent, (?P<answered>\d+) answered, "
    r"(?P<different>\d+) different, (?P<retried>\d+) retried, (?P<lost>\d+) lost, "
    r"(?P<not_sent>\d+) not sent, in [\d.]+ s\n"
)


def tally(stderr):
    """The figures of the summary that are not 0."""
    found = SUMMARY.search(stderr)
    assert found, stderr
    return {name: int(figure) for name, figure in found.groupdict().items() if int(figure)}


def lines_of(connection):
    return connection.makefile("rb")


def numbers(count):
    return "".join(f"{i}\n" for i in range(1, count + 1))
