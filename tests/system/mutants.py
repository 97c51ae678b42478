"""Proxies with one classic fault each, and the case of doctor that is for it."""

import socket
import time

import pytest

from middle import Proxy, reset
from octet_mutants import (
    CorruptsAnOctet,
    DoublesOctets,
    EndsAtControlZ,
    LosesLastOctets,
    LosesOctets,
    ReordersOctets,
    UndoublesIac,
)
from sanitized import SANITIZED


class EatsHalfCloseOfClient(Proxy):
    def at_end(self, link, way):
        way.is_at_end = True
        if way.is_request:
            way.is_ended = True  # and nothing is sent


class EatsHalfCloseOfOrigin(Proxy):
    def at_end(self, link, way):
        way.is_at_end = True
        if not way.is_request:
            way.is_ended = True


class CutsAtHalfClose(Proxy):
    """Takes the client's FIN for the end of everything."""

    def at_end(self, link, way):
        super().at_end(link, way)
        if way.is_request:
            self.send(link, way)
            self.close(link)


class GivesHalfClosedASecond(Proxy):
    def tick(self, link, now):
        if link.half_closed_since is not None and now - link.half_closed_since > 1:
            self.close(link)


class TurnsResetIntoFin(Proxy):
    def was_reset(self, link, end):
        self.close(link)


class TurnsResetOfOriginIntoFin(Proxy):
    def was_reset(self, link, end):
        if end is link.far:
            self.close(link)
        else:
            self.reset(link)


class IgnoresReset(Proxy):
    """The other side is left as it is."""

    def __init__(self, origin):
        super().__init__(origin)
        self._left = []

    def was_reset(self, link, end):
        self._forget(link)
        self._left.append(link)
        reset(end)


class TurnsFinIntoReset(Proxy):
    def end(self, way):
        if way.is_request:
            super().end(way)
        else:
            way.is_ended = True

    def close(self, link):
        self.reset(link)


class BuffersWithoutBound(Proxy):
    limit = 1 << 40

    def receive(self, link, way):
        # A bytearray, for what a bytes would copy each time.
        if not isinstance(way.pending, bytearray):
            way.pending = bytearray()
        super().receive(link, way)

    def send(self, link, way):
        if way.pending:
            try:
                sent = way.sink.send(memoryview(way.pending)[: 1 << 20])
                del way.pending[:sent]
            except BlockingIOError:
                pass
        if way.is_at_end and not way.pending and not way.is_ended:
            self.end(way)


class BlocksBothWays(Proxy):
    """Where one direction is stuck, the other is not read either."""

    def may_read(self, link, way):
        return all(len(each.pending) < self.limit for each in link.directions())


class ServesOneAtATime(Proxy):
    def __init__(self, origin):
        super().__init__(origin)
        self._waiting = []

    def accepted(self, near):
        self._waiting.append(near)
        self._next()

    def _next(self):
        if not self.links and self._waiting:
            super().accepted(self._waiting.pop(0))

    def close(self, link):
        super().close(link)
        self._next()

    def reset(self, link):
        super().reset(link)
        self._next()


class DropsEveryTwentieth(Proxy):
    def __init__(self, origin):
        super().__init__(origin)
        self._count = 0

    def accepted(self, near):
        self._count += 1
        if self._count % 20 == 0:
            reset(near)
        else:
            super().accepted(near)


class WaitsForTheClient(Proxy):
    """Connects to the origin only when the client has said something."""

    def __init__(self, origin):
        super().__init__(origin)
        self._silent = []

    def accepted(self, near):
        near.setblocking(False)
        self._silent.append(near)
        self._look()

    def _look(self):
        for near in list(self._silent):
            try:
                near.recv(1, socket.MSG_PEEK)
            except BlockingIOError:
                continue
            except OSError:
                pass
            self._silent.remove(near)
            super().accepted(near)

    def idle(self):
        self._look()


class CutsIdle(Proxy):
    def tick(self, link, now):
        if now - link.last_moved > 1:
            self.close(link)


class CutsOneWay(Proxy):
    """Who says nothing for a second is cut, whatever it hears."""

    def tick(self, link, now):
        if now - self._heard.setdefault(link, now) > 1:
            self.close(link)

    def __init__(self, origin):
        super().__init__(origin)
        self._heard = {}

    def pass_on(self, link, way, data):
        if way.is_request:
            self._heard[link] = time.monotonic()
        return data


class HoldsSmallPieces(Proxy):
    def pass_on(self, link, way, data):
        if way.is_request:
            way.due = time.monotonic() + 0.05
        return data


class KeepsWhomTheOriginRefused(Proxy):
    def __init__(self, origin):
        super().__init__(origin)
        self._kept = []

    def refused(self, near):
        self._kept.append(near)


class KeepsTheOrigin(Proxy):
    """A client that has gone without a word leaves its connection to the origin behind."""

    def at_end(self, link, way):
        if way.is_request and way.passed == 0:
            way.is_at_end = way.is_ended = True
        else:
            super().at_end(link, way)


MUTANTS = {
    "1.2": [WaitsForTheClient],
    "1.3": [KeepsTheOrigin],
    "1.4": [IgnoresReset],
    "1.5": [KeepsWhomTheOriginRefused],
    "1.8": [DropsEveryTwentieth],
    "2.1": [EndsAtControlZ],
    "2.2": [UndoublesIac],
    "2.6": [LosesOctets, DoublesOctets, ReordersOctets, CorruptsAnOctet],
    "3.1": [EatsHalfCloseOfClient, CutsAtHalfClose],
    "3.2": [GivesHalfClosedASecond],
    "3.4": [EatsHalfCloseOfOrigin],
    "3.8": [LosesLastOctets],
    "3.9": [LosesLastOctets],
    "4.1": [TurnsResetIntoFin, IgnoresReset],
    "4.2": [TurnsResetOfOriginIntoFin],
    "4.4": [TurnsResetIntoFin],
    "4.5": [TurnsFinIntoReset],
    "5.1": [BuffersWithoutBound],
    "5.2": [BuffersWithoutBound],
    "5.5": [BlocksBothWays],
    "5.8": [ServesOneAtATime],
    "6.2": [CutsIdle],
    "6.3": [CutsOneWay],
    "8.2": [ServesOneAtATime],
    "11.2": [HoldsSmallPieces],
}


def faults(*groups):
    """Parameters of a test: the cases of these groups, each with a proxy that it must find. They wait
    for what does not come, most of the time: under a sanitizer every third has to do."""
    all_of_them = [
        pytest.param(case, mutant, id=f"{mutant.__name__}-{case}")
        for case, mutants in MUTANTS.items()
        if case.startswith(groups)
        for mutant in mutants
    ]
    return all_of_them[:: 3 if SANITIZED else 1]
