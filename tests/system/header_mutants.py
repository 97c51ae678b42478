"""Proxies that send a header of the PROXY protocol, or take one from their clients: right ones, and some
with one fault each."""

import contextlib
import ipaddress
import re
import select
import socket
import time

from middle import Proxy, reset

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
LINE = re.compile(rb"PROXY (?:UNKNOWN[^\r]*|TCP4 ([0-9.]+) ([0-9.]+) (\d{1,5}) (\d{1,5}))\r\n")


class Introduces(Proxy):
    """Sends a header of version 1."""

    arguments = ("--expect-proxy",)

    def named(self, near):
        """Source and destination."""
        return near.getpeername(), near.getsockname()

    def header(self, near, far):
        try:
            (source, source_port), (destination, port) = self.named(near)
        except OSError:  # it has gone
            return b"PROXY UNKNOWN\r\n"
        return b"PROXY TCP4 %s %s %d %d\r\n" % (source.encode(), destination.encode(), source_port, port)

    def add(self, near, far):
        header = self.header(near, far)
        link = super().add(near, far)
        link.request.pending = header
        self._ask(link)
        return link


class OmitsThePort(Introduces):
    def header(self, near, far):
        return super().header(near, far).rsplit(b" ", 1)[0] + b"\r\n"


class NamesItself(Introduces):
    def header(self, near, far):
        self._far = far
        return super().header(near, far)

    def named(self, near):
        return self._far.getsockname(), near.getsockname()


class NamesTheOrigin(Introduces):
    def named(self, near):
        return near.getpeername(), self.origin


class IntroducesLate(Introduces):
    """With the client's first octets."""

    def add(self, near, far):
        link = super().add(near, far)
        link.late, link.request.pending = link.request.pending, b""
        self._ask(link)
        return link

    def pass_on(self, link, way, data):
        if way.is_request:
            data, link.late = link.late + data, b""
        return data


class IntroducesInTwoPieces(IntroducesLate):
    def add(self, near, far):
        link = super().add(near, far)
        link.request.pending, link.late = link.late[:10], link.late[10:]
        link.since = time.monotonic()
        self._ask(link)
        return link

    def tick(self, link, now):
        if now - link.since > 0.1:
            link.request.pending, link.late = link.request.pending + link.late, b""


class NamesTheOneBefore(Introduces):
    """As long as that one is there."""

    _before = None

    def add(self, near, far):
        self._before = super().add(near, far)
        return self._before

    def named(self, near):
        if self._before in self.links.values():
            near = self._before.near
        return super().named(near)


class LosesWhatComesAtOnce(Introduces):
    """Where it is much."""

    def add(self, near, far):
        if select.select([near], [], [], 0.1)[0]:
            with contextlib.suppress(OSError):
                if len(near.recv(1 << 16, socket.MSG_PEEK)) > 1000:
                    near.recv(1 << 16)
        return super().add(near, far)


class BelievesItsClients(Introduces):
    def header(self, near, far):
        if select.select([near], [], [], 0.1)[0]:
            with contextlib.suppress(OSError):
                first = near.recv(107, socket.MSG_PEEK)
                if first.startswith(b"PROXY "):
                    return near.recv(first.index(b"\n") + 1)
        return super().header(near, far)


class TakesHeader(Proxy):
    """Takes a header of either version from its clients."""

    arguments = ("--proxy", "v1")

    def __init__(self, origin):
        super().__init__(origin)
        self._new = {}  # what a client has said so far
        self._taken = {}  # its header, and what stood behind it

    def accepted(self, near):
        near.setblocking(False)
        self._new[near] = b""
        self._look(near)

    def idle(self):
        for near in list(self._new):
            self._look(near)

    def _look(self, near):
        try:
            data = near.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        said = self._new[near] + data
        try:
            size = self.size_of(said) if data else -1
        except ValueError:
            size = -1
        if size is None:
            self._new[near] = said
            return
        del self._new[near]
        if size < 0:
            reset(near)
            return
        self.take(near, said[:size], said[size:])

    def take(self, near, header, behind):
        self._taken[near] = header, behind
        super().accepted(near)

    def connected(self, near, far):
        self.header_taken, behind = self._taken.pop(near)
        link = self.add(near, far)
        link.request.pending += behind
        link.request.passed += len(behind)
        self._ask(link)

    def size_of(self, said):
        """Of the header that it begins with; None where it is not whole, a ValueError where it is wrong."""
        if said.startswith(SIGNATURE):
            return self.size_of_octets(said)
        if SIGNATURE.startswith(said[:12]):
            return None
        return self.size_of_line(said)

    def size_of_octets(self, said):
        if len(said) < 16:
            return None
        length = int.from_bytes(said[14:16], "big")
        if said[12] not in (0x20, 0x21) or (said[12] == 0x21 and said[13] == 0x11 and length < 12):
            raise ValueError(said)
        return 16 + length if len(said) >= 16 + length else None

    def size_of_line(self, said):
        if b"\n" not in said and len(said) < 107 and said[:6] == b"PROXY "[: len(said)]:
            return None
        line = LINE.match(said)
        if line is None:
            raise ValueError(said)
        for address in filter(None, line.groups()[:2]):
            ipaddress.IPv4Address(address.decode())
        return line.end()


class PassesHeaderOn(TakesHeader):
    """Of clients that are not of this machine."""

    def take(self, near, header, behind):
        super().take(near, header, header + behind if b" 203.0.113." in header else behind)


class WantsHeaderAtOnce(TakesHeader):
    def size_of(self, said):
        size = super().size_of(said)
        return -1 if size is None else size


class RefusesUnknown(TakesHeader):
    def size_of_line(self, said):
        return -1 if said.startswith(b"PROXY UNKNOWN") else super().size_of_line(said)


class RefusesParts(TakesHeader):
    arguments = ("--proxy", "v2")

    def size_of_octets(self, said):
        size = super().size_of_octets(said)
        return -1 if said[12] == 0x21 and size not in (None, 28) else size


class TakesAnyLine(TakesHeader):
    def size_of_line(self, said):
        return said.index(b"\n") + 1 if said.startswith(b"PROXY") and b"\n" in said else super().size_of_line(said)


class TakesNoHeader(TakesHeader):
    def size_of_line(self, said):
        return super().size_of_line(said) if said.startswith(b"PROXY") else 0


class TellsHeaderOn(TakesHeader, Introduces):
    """Takes a header, and names whom that has named."""

    arguments = ("--proxy", "v1", "--expect-proxy")

    def named(self, near):
        taken = self.header_taken
        if taken.startswith(SIGNATURE) and taken[13] == 0x11:
            source = str(ipaddress.IPv4Address(taken[16:20])), int.from_bytes(taken[24:26], "big")
            return source, near.getsockname()
        if taken.startswith(b"PROXY TCP4"):
            words = taken.split()
            return (words[2].decode(), int(words[4])), near.getsockname()
        return super().named(near)


class TellsHeaderOfVersion2On(TellsHeaderOn):
    arguments = ("--proxy", "v2", "--expect-proxy")


class NamesWhomItSees(TellsHeaderOn):
    def named(self, near):
        return Introduces.named(self, near)


MUTANTS = {
    "10.1": [OmitsThePort],
    "10.2": [NamesItself],
    "10.3": [NamesTheOrigin],
    "10.4": [IntroducesLate],
    "10.5": [IntroducesInTwoPieces],
    "10.6": [NamesTheOneBefore],
    "10.7": [LosesWhatComesAtOnce],
    "10.8": [BelievesItsClients],
    "13.1": [PassesHeaderOn],
    "13.2": [NamesWhomItSees],
    "13.3": [WantsHeaderAtOnce],
    "13.4": [RefusesUnknown],
    "13.5": [RefusesParts],
    "13.6": [TakesAnyLine],
    "13.7": [TakesNoHeader],
}
