"""A listener with faults, and what comes of it."""

from daemon import listener
from deadline import until
from peer import Peer
from sanitized import PATIENCE

LOOPBACK = ["127.0.0.0/8"]
DATA = bytes(range(33, 127)) * 100


def toml(texts):
    """An array of a configuration."""
    return "[" + "".join(f"\n  {quoted(text)}," for text in texts) + "\n]"


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def faulty(protocol, *faults, fault_sources=None, seed=7, **settings):
    """A [[listener]] with them."""
    text = listener(protocol, fault_seed=seed, **settings)
    text += f"faults = {toml(faults)}\n"
    return text + f"fault_sources = {toml(fault_sources or LOOPBACK)}\n"


def sessions(daemon, count=1):
    """The lines of its sessions, once there are so many."""
    until(lambda: len(daemon.events("session")) >= count, 10 * PATIENCE, "the lines of the sessions")
    return daemon.events("session")


def exchanged(daemon, data, name="echo", source=None):
    """What comes back of `data`, and how it ended: "end" or "reset"."""
    try:
        peer = Peer(daemon.address(name), source=source)
    except ConnectionResetError:
        # Before the call that connects had looked.
        return b"", "reset"
    with peer:
        end = "end"
        try:
            peer.send(data)
            peer.send_end()
        except OSError:
            # The first call after a reset is told of it; what had come before is still to be read.
            end = "reset"
        got = b""
        try:
            while part := peer.read():
                got += part
        except ConnectionResetError:
            end = "reset"
        return got, end
