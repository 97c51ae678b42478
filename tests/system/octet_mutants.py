"""Proxies that pass octets on, and not as they were."""

import socket

from middle import Proxy


class LosesLastOctets(Proxy):
    """What comes in one go with the FIN is dropped with it."""

    def pass_on(self, link, way, data):
        try:
            is_last = way.source.recv(1, socket.MSG_PEEK) == b""
        except BlockingIOError:
            is_last = False
        return b"" if is_last else data


class LosesTheEndOnceInThirty(Proxy):
    """Of the connections on which much was said both ways one in thirty ends with a reset."""

    many = 0

    def at_end(self, link, way):
        if all(each.passed > 100_000 for each in link.directions()) and not way.is_request:
            self.many += 1
            if self.many % 30 == 0:
                self.reset(link)
                return
        super().at_end(link, way)


class OnceInAStream(Proxy):
    """Does something to a piece behind the first 100,000 octets."""

    def pass_on(self, link, way, data):
        if way.passed < 100_000 <= way.passed + len(data):
            return self.change(data)
        return data


class LosesOctets(OnceInAStream):
    def change(self, data):
        return data[:10] + data[26:]


class DoublesOctets(OnceInAStream):
    def change(self, data):
        return data[:16] + data


class ReordersOctets(OnceInAStream):
    def change(self, data):
        return data[16:32] + data[:16] + data[32:]


class CorruptsAnOctet(OnceInAStream):
    def change(self, data):
        return bytes([data[0] ^ 1]) + data[1:]


class UndoublesIac(Proxy):
    def pass_on(self, link, way, data):
        return data.replace(b"\xff\xff", b"\xff")


class EndsAtControlZ(Proxy):
    def pass_on(self, link, way, data):
        return data.replace(b"\x1a", b"")
