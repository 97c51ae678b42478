"""One client of any protocol, from its connect to the end, whose every byte is looked at."""

import itertools
import random
import struct
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from daemon import EVERY_PROTOCOL
from peer import Peer

ENOUGH = 50_000  # bytes of chargen, which has no end of its own
RING = b"".join(bytes(32 + (n + column) % 95 for column in range(72)) + b"\r\n" for n in range(95))
SINCE_1900 = 2_208_988_800  # seconds from there, where RFC 868 begins to count, to 1970


class Conversation:
    def __init__(self, protocol, seed):
        self.protocol = protocol
        self.got = bytearray()
        self.was_broken = False  # by a reset
        self.sent, self.wanted = self._plan(random.Random(seed))
        self.began = time.time()

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
        """Whether what came is what had to come, as far as it goes."""
        if self.protocol == "chargen":
            return self.got == (RING * (len(self.got) // len(RING) + 1))[: len(self.got)]
        if self.protocol in ("daytime", "time"):
            return any(reply.startswith(self.got) for reply in self._replies_of_the_clock())
        if self.wanted.startswith(self.got):
            return True
        return self.protocol == "line" and self._is_right_but_for_a_cut_line()

    def is_whole(self):
        """Whether all of it came."""
        if self.protocol == "chargen":
            return len(self.got) >= ENOUGH
        if self.protocol in ("daytime", "time"):
            return self.got in self._replies_of_the_clock()
        return self.got == self.wanted

    def _is_right_but_for_a_cut_line(self):
        """What FIN has cut off is a line, whose reply may be another: of a shorter line, or an error.
        It is the last."""
        end = self.got.removesuffix(b"\r\n").rfind(b"\r\n")
        at = end + 2 if end >= 0 else 0
        last, wanted = self.got[at:], self.wanted[at:]
        if not self.wanted.startswith(self.got[:at]) or not wanted:
            return False
        shorter = last.removesuffix(b"\n").removesuffix(b"\r")
        return (shorter and wanted.startswith(shorter)) or last[:4] == b"-ERR"[: len(last)]

    def _replies_of_the_clock(self):
        """All that were right at some time since this began."""
        for second in range(int(self.began) - 1, int(time.time()) + 2):
            if self.protocol == "time":
                yield struct.pack(">I", second + SINCE_1900)
            else:
                yield time.strftime("%A, %B %-d, %Y %H:%M:%S-UTC\r\n", time.gmtime(second)).encode()

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
