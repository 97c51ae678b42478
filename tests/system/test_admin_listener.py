"""Where the daemon is administered: off by default, beside all limits, as the file or --admin says."""

import re
import resource
from contextlib import ExitStack

import pytest

from daemon import limits, listener
from deadline import until
from peer import PING, PONG, Peer
from program import echolined
from sanitized import PATIENCE
from scraper import metrics_address

NOBODY = "127.0.0.1:0"


def pong_from(address):
    with Peer(address) as peer:
        peer.send(PING + b"\r\n")
        return peer.read_line() == PONG


def test_without_an_address_nobody_administers(start_daemon):
    daemon = start_daemon(listener("echo"))
    assert daemon.events("admin-listening") == []


def test_a_full_service_is_administered(start_daemon):
    daemon = start_daemon(
        f'[admin]\naddress = "{NOBODY}"\n' + limits(max_connections=2) + listener("line")
    )
    with ExitStack() as stack:
        # Two are served, and the others wait.
        for _ in range(4):
            stack.enter_context(Peer(daemon.address("line"))).send(PING + b"\r\n")
        until(lambda: stats(daemon)["connections_active"] == "2", what="two who are served")
        assert pong_from(daemon.admin_address())


def test_descriptors_are_left_for_it_when_clients_have_all_others(start_daemon):
    def with_few_files():
        resource.setrlimit(resource.RLIMIT_NOFILE, (110, 110))

    daemon = start_daemon(
        "workers = 2\n" + f'[admin]\naddress = "{NOBODY}"\n' + listener("line"),
        before_exec=with_few_files,
    )
    [lowered] = daemon.events("max-connections-lowered")
    with ExitStack() as stack:
        for _ in range(150):
            stack.enter_context(Peer(daemon.address("line"))).send(PING + b"\r\n")
        until(lambda: stats(daemon)["connections_active"] == lowered["to"], what="all who may")
        admins = [stack.enter_context(Peer(daemon.admin_address())) for _ in range(8)]
        for admin in admins:
            assert admin.ask(PING) == PONG
        assert admins[0].ask(b"RELOAD").startswith(b"+OK ")
    assert daemon.events("cannot-accept") == []


def stats(daemon):
    with Peer(daemon.admin_address()) as peer:
        return dict(line[1:].decode().split() for line in peer.ask(b"STATS"))


def test_more_than_may_are_told_so(start_daemon):
    daemon = start_daemon(f'[admin]\naddress = "{NOBODY}"\nmax_connections = 2\n')
    with ExitStack() as stack:
        for _ in range(2):
            peer = stack.enter_context(Peer(daemon.admin_address()))
            peer.send(PING + b"\r\n")
            assert peer.read_line() == PONG
        with Peer(daemon.admin_address()) as third:
            assert third.read_line() == b"-ERR too many admin connections, try again later\r\n"
    until(lambda: pong_from(daemon.admin_address()), what="a place that is free again")


def test_the_command_line_is_the_default_for_the_file(start_daemon, tmp_path):
    path = f"{tmp_path}/admin.sock"
    daemon = start_daemon("", arguments=["--admin", f"unix:{path}"])
    assert daemon.admin_address() == path
    assert pong_from(path)
    other = f"{tmp_path}/other.sock"
    assert daemon.reload(f'[admin]\naddress = "unix:{other}"\nmode = "0600"\n' + listener("echo"))
    assert pong_from(other)
    with pytest.raises(FileNotFoundError):
        Peer(path)
    # Without it in the file, that of the command line is back.
    assert daemon.reload(listener("echo"))
    assert pong_from(path)


def test_an_address_changes_hands_with_a_reload(start_daemon, tmp_path):
    """Of a listener that becomes the daemon's own, and back, with its socket."""
    address = f"unix:{tmp_path}/socket"
    full = limits(max_connections=1)
    daemon = start_daemon(full + listener("line", address))
    with Peer(daemon.address("line")) as client:
        # It has the last place at that moment.
        assert client.ask(PING) == PONG
        assert daemon.reload(full + f'[admin]\naddress = "{address}"\n' + listener("echo"))
        assert pong_from(daemon.admin_address())
    with Peer(daemon.address("echo")) as client:
        client.send(b"x")
        assert client.read(1) == b"x"
        assert pong_from(daemon.admin_address())
    assert daemon.reload(full + listener("line", address))
    with Peer(daemon.address("line")) as client:
        assert client.ask(b"WHOAMI") == b"+unix\r\n"


def test_those_who_are_connected_go_with_the_address(start_daemon, tmp_path):
    daemon = start_daemon(f'[admin]\naddress = "{NOBODY}"\n[metrics]\naddress = "{NOBODY}"\n')
    with Peer(daemon.admin_address()) as admin, Peer(daemon.admin_address()) as monitor:
        assert monitor.ask(b"MONITOR reloaded") == b"+OK events follow\r\n"
        with Peer(metrics_address(daemon)) as scraper:
            daemon.config_file.write_text(listener("line"))
            assert admin.ask(b"RELOAD") == b"+OK 1 listener\r\n"
            assert admin.read_to_end() == scraper.read_to_end() == b""
        monitor.read_to_end()


def test_the_places_are_those_that_there_are(start_daemon):
    daemon = start_daemon(
        f'[admin]\naddress = "{NOBODY}"\n' + limits(max_connections=5) + listener("line", name='a \\"b')
    )
    with Peer(daemon.admin_address()) as admin:
        assert daemon.reload(daemon.config_file.read_text().replace("= 5", "= 3"))
        [line, _] = admin.ask(b"LISTENERS")
        assert line.startswith(b'+name="a \\"b" protocol=line ')
        assert line.endswith(b" taken=0 places=3\r\n")


def test_it_is_no_listener_of_the_file_or_the_command_line(tmp_path):
    done = echolined("--listen", "admin=127.0.0.1:0", "--check-config", )
    assert (done.returncode, done.stderr) == (
        2,
        "echolined: admin has a table of its own in the file: [admin]\n",
    )


def test_what_others_can_reach_is_a_warning(start_daemon, tmp_path):
    wide = tmp_path / "wide.toml"
    wide.write_text('[admin]\naddress = "0.0.0.0:0"\n')
    done = echolined("--config", str(wide), "--check-config")
    assert done.stdout == "OK\n"
    assert re.fullmatch(r"echolined: warning: others .*\[admin\] at 0\.0\.0\.0:0, .*\n", done.stderr)
    daemon = start_daemon(wide.read_text())
    assert len(daemon.events("exposed")) == 1
    assert daemon.reload(f'[admin]\naddress = "{NOBODY}"\n' + listener("echo"))
    assert len(daemon.events("exposed")) == 1


@pytest.mark.parametrize("address", ["", "7010"])
def test_an_address_that_is_none_is_refused_on_the_command_line(address):
    done = echolined("--admin", address, )
    assert done.returncode == 2
    assert done.stderr.startswith("echolined: --admin: ")


def test_an_address_that_a_listener_has_is_refused_by_the_check():
    done = echolined("--admin", "127.0.0.1:7008", "--check-config", )
    assert done.returncode == 78
    assert "taken by the listener \"line\"" in done.stderr


def test_who_has_forgotten_a_connection_gives_way_to_who_finds_no_place(start_daemon):
    daemon = start_daemon(f'[admin]\naddress = "{NOBODY}"\nmax_connections = 3\n' + listener("echo"))
    address = daemon.admin_address()
    with Peer(address) as forgotten, Peer(address) as used, ExitStack() as stack:
        assert forgotten.ask(PING) == used.ask(PING) == PONG

        def idle():
            """Of the first, in seconds."""
            return float(re.search(rb" idle=(\S+)", used.ask(b"SESSIONS")[0])[1])

        until(lambda: idle() > 5.5, 20 * PATIENCE, "a connection that is idle")
        assert pong_from(address)  # in the last place, which nobody has to leave
        until(lambda: b" taken=2 " in used.ask(b"LISTENERS")[-1], 20 * PATIENCE, "a place")
        assert idle() > 5.5
        third = stack.enter_context(Peer(address))
        assert third.ask(PING) == PONG
        assert pong_from(address)
        assert forgotten.read_to_end() == b""
        # Who has only just stopped to think stays.
        until(lambda: b" taken=2 " in used.ask(b"LISTENERS")[-1], 20 * PATIENCE, "a place")
        assert stack.enter_context(Peer(address)).ask(PING) == PONG
        assert not pong_from(address)
        assert used.ask(PING) == third.ask(PING) == PONG
