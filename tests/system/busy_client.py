"""A client of the echo protocol that is always in the middle of something."""

from peer import Peer

BLOCK = bytes(range(251)) * 400  # no power of two, so that a gap or a repetition shows


class BusyClient:
    """Sends and receives whatever the kernel takes and has, when it is told to. Bytes it was sent
    are compared with those it has sent, in order."""

    def __init__(self, address, most_on_the_way):
        self._peer = Peer(address)
        self._peer.socket.setblocking(False)
        self._most_on_the_way = most_on_the_way
        self.sent = 0
        self.received = 0
        self.ended = False

    def send(self):
        room = self._most_on_the_way - (self.sent - self.received)
        if room <= 0:
            return
        at = self.sent % len(BLOCK)
        try:
            self.sent += self._peer.socket.send(BLOCK[at : at + room])
        except BlockingIOError:
            pass

    def receive(self):
        """Raises ConnectionResetError where the daemon broke off."""
        try:
            data = self._peer.socket.recv(1 << 16)
        except BlockingIOError:
            return
        if not data:
            self.ended = True
            return
        at = self.received % len(BLOCK)
        expected = (BLOCK * (len(data) // len(BLOCK) + 2))[at : at + len(data)]
        assert data == expected, f"other bytes than were sent, after {self.received}"
        self.received += len(data)

    def close(self):
        self._peer.socket.close()
