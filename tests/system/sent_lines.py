"""What `echoline send` is given, whom it is sent to, and what it tells of it."""

import collections
import random
import re
import socket

from service import reset


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


class Breaking:
    """A service that breaks off in the way `how` says after a random number of replies, and keeps
    what it was sent."""

    WAYS = ["close", "reset", "half a reply", "half-close", "silence"]

    def __init__(self, how, seed):
        self.received = collections.Counter()
        self._how = how
        self._random = random.Random(seed)

    def serve(self, connection, _):
        replies = self._random.randrange(1, 12)
        broken = False
        for line in lines_of(connection):
            if line.endswith(b"\n"):
                self.received[line] += 1
            if broken:
                continue
            if replies > 0:
                connection.sendall(line)
            elif self._how == "half a reply":
                connection.sendall(line[:1])
            elif self._how == "reset":
                reset(connection)
            replies -= 1
            if replies >= 0 or self._how == "silence":
                continue
            if self._how != "half-close":
                return
            connection.shutdown(socket.SHUT_WR)
            broken = True
