"""What a daemon on a hostile network must not have, give or do."""

import signal
import tomllib
from contextlib import ExitStack

import pytest

from daemon import EVERY_PROTOCOL, listener
from peer import PING, PONG, Peer
from program import echolined

COMMANDS = [
    *(b"PING", b"ECHO", b"TIME", b"STAMP", b"WHOAMI"),
    *(b"STATS", b"VERSION", b"HELP", b"?", b"QUIT"),
]


def test_nothing_listens_beyond_loopback_that_was_not_asked_for(reliability):
    done = echolined("--print-config")
    assert done.returncode == 0, done.stderr
    settings = tomllib.loads(done.stdout)
    addresses = [row["address"] for row in settings["listener"]]
    assert addresses and all(address.startswith("127.0.0.1:") for address in addresses)
    # Neither is there before it has an address.
    assert not any("address" in settings[own] for own in ("admin", "metrics") if own in settings)
    reliability("S2", f"by default: {', '.join(addresses)}")
    reliability("S5", "no admin and no metrics without an address")


def test_it_serves_without_a_capability(start_daemon, reliability):
    without = ("setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs")
    daemon = start_daemon(listener("line"), launcher=without)
    with open(f"/proc/{daemon.pid}/status") as status:
        fields = dict(line.split(":\t", 1) for line in status if line.startswith("Cap"))
    assert int(fields["CapEff"], 16) == 0
    with Peer(daemon.address("line")) as peer:
        assert peer.ask(PING) == PONG
    reliability("S3", "serves with no capability at all")


@pytest.mark.parametrize("protocol", [name for name in EVERY_PROTOCOL if name != "chargen"])
def test_a_reply_is_no_longer_than_its_request_and_a_constant(daemon, reliability, protocol):
    most = 0
    with ExitStack() as stack:
        for request in COMMANDS:
            peer = stack.enter_context(Peer(daemon.address(protocol)))
            peer.send(request + b"\n")
            peer.send_end()
            most = max(most, len(peer.read_to_end()) - len(request))
    # STATS and HELP are the longest.
    assert most < 4096
    reliability("S4", f"{protocol}: at most {max(0, most)} bytes more than the request")


def test_nothing_is_said_before_the_client_speaks(daemon, reliability):
    with Peer(daemon.address("line")) as peer, Peer(daemon.address("echo")) as other:
        assert peer.ask(PING) == PONG
        other.send(b"x")
        assert other.read_exactly(1) == b"x"
    reliability("S8", "no banner; VERSION tells who asks")


def test_a_write_to_who_is_gone_is_no_signal(daemon, reliability):
    ignored = 1 << (signal.SIGPIPE - 1)
    with open(f"/proc/{daemon.pid}/status") as status:
        fields = dict(line.split(":\t", 1) for line in status if line.startswith("Sig"))
    assert int(fields["SigIgn"], 16) & ignored
    # Signals are read, not caught; a sanitizer catches its own.
    asked = sum(1 << (n - 1) for n in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1))
    assert int(fields["SigBlk"], 16) & asked == asked
    assert int(fields["SigCgt"], 16) & asked == 0
    reliability("S6", "SIGPIPE ignored; TERM, INT, HUP and USR1 blocked and read, no handler")
