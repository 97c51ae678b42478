"""Proxies with one classic fault each, and the case of doctor that is for it."""

import time

import pytest

import header_mutants
import reload_mutants
from connect_mutants import (
    BlocksWhileItConnects,
    ConnectsOnce,
    DropsEveryTwentieth,
    EndsAllWhereTheOriginRefuses,
    KeepsTheOrigin,
    KeepsWhomTheOriginRefused,
    LimitsNewConnections,
    NeverFreesAPlace,
    ServesOneAtATime,
    WaitsForTheClient,
)
from middle import Proxy, reset
from octet_mutants import (
    CorruptsAnOctet,
    DoublesOctets,
    EndsAtControlZ,
    LosesLastOctets,
    LosesOctets,
    LosesTheEndOnceInThirty,
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


class EatsFirstHalfCloseOfOrigin(Proxy):
    """Where that has said nothing yet."""

    def at_end(self, link, way):
        if not way.is_request and way.passed == 0:
            way.is_at_end = way.is_ended = True
        else:
            super().at_end(link, way)


class SharesOneBuffer(Proxy):
    """Of answers that their clients do not read, 256 KiB in all."""

    def may_read(self, link, way):
        kept = sum(len(each.answer.pending) for each in set(self.links.values()))
        return super().may_read(link, way) and (way.is_request or kept < 4 * self.limit)


MUTANTS = {
    "1.2": [WaitsForTheClient],
    "1.3": [KeepsTheOrigin],
    "1.4": [IgnoresReset],
    "1.5": [KeepsWhomTheOriginRefused],
    "1.8": [DropsEveryTwentieth],
    "1.10": [ConnectsOnce],
    "1.11": [BlocksWhileItConnects],
    "1.12": [EndsAllWhereTheOriginRefuses],
    "2.1": [EndsAtControlZ],
    "2.2": [UndoublesIac],
    "2.6": [LosesOctets, DoublesOctets, ReordersOctets, CorruptsAnOctet],
    "2.8": [LosesTheEndOnceInThirty],
    "3.1": [EatsHalfCloseOfClient, CutsAtHalfClose],
    "3.2": [GivesHalfClosedASecond],
    "3.4": [EatsHalfCloseOfOrigin],
    "3.8": [LosesLastOctets],
    "3.9": [LosesLastOctets],
    "3.17": [EatsFirstHalfCloseOfOrigin],
    "4.1": [TurnsResetIntoFin, IgnoresReset],
    "4.2": [TurnsResetOfOriginIntoFin],
    "4.4": [TurnsResetIntoFin],
    "4.5": [TurnsFinIntoReset],
    "5.1": [BuffersWithoutBound],
    "5.2": [BuffersWithoutBound],
    "5.5": [BlocksBothWays],
    "5.8": [ServesOneAtATime],
    "5.11": [SharesOneBuffer],
    "6.2": [CutsIdle],
    "6.3": [CutsOneWay],
    "8.1": [NeverFreesAPlace],
    "8.2": [ServesOneAtATime],
    "8.4": [LimitsNewConnections],
    "11.2": [HoldsSmallPieces],
    **header_mutants.MUTANTS,
    **reload_mutants.MUTANTS,
}


def faults(*groups):
    """Parameters of a test: the cases of these groups, each with a proxy that it must find. They wait
    for what does not come, most of the time: under a sanitizer every third has to do."""
    all_of_them = [
        pytest.param(mutant, (case,), id=f"{mutant.__name__}-{case}")
        for case, mutants in MUTANTS.items()
        if case.startswith(groups)
        for mutant in mutants
    ]
    return all_of_them[:: 3 if SANITIZED else 1]
