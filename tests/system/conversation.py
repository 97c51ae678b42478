"""One client of any protocol, from its connect to the end, whose every byte is looked at."""

import itertools
import random
import struct
import threading
from concurrent.futures import ThreadPoolExecutor

from daemon import EVERY_PROTOCOL
from peer import Peer

ENOUGH = 50_000  # bytes of chargen, which has no end of its own
RING = b"".join(bytes(32 + (n + column) % 95 for column in range(72)) + b"\r\n" for n in range(95))
YEAR_2023 = 3_880_000_000  # as RFC 868 counts: no clock of ours is before it


class Conversation:
    def __init__(self, protocol, seed):
        self.protocol = protocol
        self.got = bytearray()
        self.was_broken = False  # by a reset
        self.sent, self._wanted = self._plan(random.Random(seed))

    def hold(self, address):
        """Sends and reads at the same time, until the end or a reset."""
        try:
            peer = Peer(address)
        except ConnectionError:
            self.was_broken = True  # at once
            return
        with peer:
            sender = threading.Thread(target=self._send, args=(peer,))
            sender.start()
            try:
                self._read(peer)
            except ConnectionError:
                self.was_broken = True
            sender.join()

    def is_right(self):
        """Whether what came is what had to come, as far as it goes. A line that FIN has cut off is a
        line, so its reply may be another."""
        if self.protocol == "line" and not self.is_whole():
            *before, _ = self.got.removesuffix(b"\r\n").split(b"\r\n")
            return self._wanted.startswith(b"".join(line + b"\r\n" for line in before))
        if self.protocol == "chargen":
            return self.got == (RING * (len(self.got) // len(RING) + 1))[: len(self.got)]
        if self.protocol in ("daytime", "time"):
            return True
        return self._wanted.startswith(self.got)

    def is_whole(self):
        """Whether all of it came."""
        if self.protocol == "chargen":
            return len(self.got) >= ENOUGH
        if self.protocol == "daytime":
            return self.got.endswith(b"UTC\r\n")
        if self.protocol == "time":
            return len(self.got) == 4 and struct.unpack(">I", self.got)[0] > YEAR_2023
        return self.got == self._wanted

    def _plan(self, choice):
        """What is sent, and what has to come back."""
        if self.protocol == "line":
            lines = [b"%d" % choice.randrange(1 << 30) for _ in range(choice.randrange(1, 500))]
            sent = b"".join(b"ECHO " + line + choice.choice((b"\n", b"\r\n")) for line in lines)
            return sent, b"".join(b"+" + line + b"\r\n" for line in lines)
        if self.protocol not in ("echo", "discard"):
            return b"", b""
        text = choice.randbytes(choice.randrange(1, 30_000))
        return text, (text if self.protocol == "echo" else b"")

    def _send(self, peer):
        try:
            peer.send(self.sent)
            if self.protocol != "chargen":
                peer.send_end()
        except OSError:
            self.was_broken = True  # which the kernel tells once, either who sends or who reads

    def _read(self, peer):
        while data := peer.read():
            self.got += data
            if self.protocol == "chargen" and len(self.got) >= ENOUGH:
                return


def hold_many(daemon, seed, count):
    """Conversations of every protocol in turn, several at once."""
    addresses = {protocol: daemon.address(protocol) for protocol in EVERY_PROTOCOL}
    protocols = itertools.cycle(EVERY_PROTOCOL)
    conversations = [Conversation(next(protocols), seed + n) for n in range(count)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda one: one.hold(addresses[one.protocol]), conversations))
    return conversations
