"""Paths and names to listen on: who has them, all of what they stand for, and who may connect."""

import contextlib
import os
import resource
import signal
import socket
import stat
import subprocess
import tempfile

import pytest

from daemon import listener
from deadline import until
from manager import Manager
from peer import PING, PONG, Peer, answers, free_port
from program import ECHOLINED, run
from sanitized import PATIENCE

def refused(*listens, launcher=(), **options):
    """What a daemon that cannot listen there says; it is to say so soon."""
    arguments = [part for listen in listens for part in ("--listen", listen)]
    done = run(*launcher, ECHOLINED, *arguments, seconds=10 * PATIENCE, **options)
    assert done.returncode == 1, done.stderr
    return done.stderr


@contextlib.contextmanager
def full_backlog(path):
    """Somebody else listens there, whose backlog takes no more."""
    with contextlib.ExitStack() as sockets:
        server = sockets.enter_context(socket.socket(socket.AF_UNIX))
        server.bind(str(path))
        server.listen(0)
        with contextlib.suppress(BlockingIOError):
            while True:
                client = sockets.enter_context(socket.socket(socket.AF_UNIX))
                client.setblocking(False)
                client.connect(str(path))
        yield


def test_whoever_listens_with_a_full_backlog_is_not_waited_for(start_daemon, tmp_path):
    path = tmp_path / "s"
    daemon = start_daemon(listener("line"))
    with full_backlog(path):
        assert "another process listens on that path" in refused(f"echo=unix:{path}")
        assert not daemon.reload(listener("line") + listener("echo", f"unix:{path}"))
        [error] = daemon.events("reload-error")
        assert "another process listens on that path" in error["what"]
        assert answers(daemon.address("line"))
    assert path.exists()


def test_a_path_that_another_has_taken_over_is_left_to_it(start_daemon, tmp_path):
    path = tmp_path / "s"
    first = start_daemon(listener("line", f"unix:{path}"))
    path.unlink()
    start_daemon(listener("line", f"unix:{path}"))
    first.stop()
    assert answers(str(path))


def test_a_path_that_somebody_has_removed_is_made_again_by_a_reload(start_daemon, tmp_path):
    path = tmp_path / "line"
    config = listener("line", f"unix:{path}") + listener("echo")
    daemon = start_daemon(config)
    with Peer(str(path)) as before:
        port = daemon.port("echo")
        path.unlink()
        assert daemon.reload(config)
        with Peer(str(path)) as peer:
            assert peer.ask(b"PING") == b"+PONG\r\n"
        assert before.ask(b"PING") == b"+PONG\r\n"
    assert daemon.port("echo") == port  # the others' sockets stay as they are
    inode = path.stat().st_ino
    assert daemon.reload(config)
    assert path.stat().st_ino == inode
    assert daemon.stop() == 0
    assert not path.exists()


def test_of_many_that_start_at_once_one_has_the_path_that_was_left_behind(tmp_path):
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as gone:
        gone.bind(str(path))
    command = [ECHOLINED, "--listen", f"line=unix:{path}"]
    started = [subprocess.Popen(command, stderr=subprocess.DEVNULL) for _ in range(8)]
    try:
        until(lambda: [one.poll() for one in started].count(1) == 7, 20 * PATIENCE, "seven refusals")
        [winner] = [one for one in started if one.poll() is None]
        until(lambda: answers(str(path)), 20 * PATIENCE, "an answer")
        winner.send_signal(signal.SIGTERM)
        assert winner.wait(20 * PATIENCE) == 0
    finally:
        for one in started:
            one.kill()
            one.wait()
    assert list(tmp_path.iterdir()) == []


def test_a_name_stands_for_all_its_addresses_with_one_port_and_one_limit(names, start_daemon, tmp_path):
    config = listener("line", "both.example:0", max_connections=2, at_limit="refuse")
    with Manager(str(tmp_path / "notify")) as manager:
        daemon = start_daemon(config, environment=manager.environment, launcher=names)
        lines = daemon.events("listening")
        port = daemon.port("line")
        addresses = [f"127.0.0.1:{port}", f"[::1]:{port}"]
        assert sorted(line["address"] for line in lines) == addresses
        until(lambda: manager.values("STATUS"), 20 * PATIENCE)
        status = manager.values("STATUS")[0]
        assert sorted(status.removeprefix("line ").removesuffix("; 0 connections").split()) == addresses
        # Everybody keeps waiting where they wait, and the limit stays one for both.
        with Peer(("127.0.0.1", port)) as one, Peer(("::1", port)) as other:
            assert one.ask(PING) == other.ask(PING) == PONG
            for host in ("127.0.0.1", "::1"):
                with Peer((host, port)) as third:
                    assert third.read_to_end().startswith(b"-ERR")
            assert daemon.reload(config + listener("echo"))
            assert one.ask(PING) == other.ask(PING) == PONG
        assert len([line for line in daemon.events("listening") if line["listener"] == "line"]) == 2
        until(lambda: answers(("127.0.0.1", port)) and answers(("::1", port)), 20 * PATIENCE)


def test_a_name_whose_port_is_taken_on_one_address_is_an_error_that_says_where(names):
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as taken:
        port = taken.getsockname()[1]
        text = refused(f"echo=both.example:{port}", launcher=names)
        assert f"cannot listen on both.example:{port}: [::1]:{port}: Address already in use" in text
        assert "another process uses that port" in text


def test_one_port_for_all_addresses_is_found_where_few_are_left(own_network, names, start_daemon):
    with open("/proc/sys/net/ipv4/ip_local_port_range", "w") as ports:
        ports.write("40000 40003")
    # The kernel's first choice for 127.0.0.1 is most likely taken on ::1.
    with contextlib.ExitStack() as taken:
        for port in (40000, 40001, 40003):
            taken.enter_context(socket.create_server(("::1", port), family=socket.AF_INET6))
        daemon = start_daemon(listener("line", "both.example:0"), launcher=names)
        assert {line["address"] for line in daemon.events("listening")} == {
            "127.0.0.1:40002",
            "[::1]:40002",
        }


def test_an_address_that_this_host_does_not_have_is_a_warning(own_network, names, start_daemon):
    with open("/proc/sys/net/ipv6/conf/all/disable_ipv6", "w") as switch:
        switch.write("1")
    daemon = start_daemon(listener("line", "both.example:0"), launcher=names)
    [warning] = daemon.events("not-listening-there")
    assert warning.level == "warning"
    assert "[::1]:0: Cannot assign requested address (no interface" in warning["what"]
    assert [line["address"].rpartition(":")[0] for line in daemon.events("listening")] == ["127.0.0.1"]
    assert answers(daemon.address("line"))
    assert "no interface of this machine has that address" in refused("echo=[::1]:7007")


def test_a_zone_is_named_wherever_the_address_is(own_network, start_daemon):
    command = ["ip", "address", "add", "fe80::7/64", "dev", "lo", "nodad"]
    subprocess.run(command, check=True)
    daemon = start_daemon(listener("line", "[fe80::7%lo]:7007"))
    [line] = daemon.events("listening")
    assert line["address"] == "[fe80::7%lo]:7007"
    assert "telnet fe80::7%lo 7007, " in line["try"]
    with Peer(("fe80::7", 7007, 0, socket.if_nametoindex("lo"))) as peer:
        assert peer.ask(b"WHOAMI").startswith(b"+[fe80::7%lo]:")
    until(lambda: daemon.events("session"), 20 * PATIENCE)
    assert daemon.events("session")[0]["peer"].startswith("[fe80::7%lo]:")
    done = run(ECHOLINED, "--check-config", "--listen", "echo=[fe80::7]:7008")
    assert "a link-local address needs its interface, as in [fe80::1%eth0]:7007" in done.stderr
    assert 'this machine has no interface "none"' in refused("echo=[fe80::7%none]:7008")


def test_a_listener_of_ours_is_told_from_another_process(names, start_daemon):
    port = free_port()
    text = refused(f"echo=[::1]:{port}", f"line=both.example:{port}", launcher=names)
    assert f'(the listener "echo" of this daemon listens on [::1]:{port}; addresses must differ)' in text
    taken = start_daemon(listener("line")).port("line")
    assert "another process uses that port" in refused(f"echo=127.0.0.1:{taken}")


@pytest.mark.parametrize("make", [os.mkdir, lambda path: open(path, "w").close()], ids=["folder", "file"])
def test_what_is_no_socket_is_named_and_stays(make, tmp_path):
    path = tmp_path / "s"
    make(path)
    before = path.stat()
    text = refused(f"echo=unix:{path}")
    assert f"cannot listen on unix:{path}: Address already in use (there is a " in text
    assert "process" not in text
    assert path.stat() == before


def test_nothing_is_said_of_ports_where_a_folder_is_closed():
    user = 65534 if os.geteuid() == 0 else os.geteuid()
    with tempfile.TemporaryDirectory() as closed:
        os.chmod(closed, 0o555)
        text = refused(f"echo=unix:{closed}/s", user=user)
    assert "Permission denied (this user may not create a file in" in text
    assert "ports" not in text


def test_mode_and_group_are_as_asked_whatever_the_umask(start_daemon, tmp_path):
    path = tmp_path / "s"
    settings = {"mode": "0660", "group": str(os.getegid())}
    daemon = start_daemon(
        listener("line", f"unix:{path}", **settings), before_exec=lambda: os.umask(0o077)
    )
    status = path.stat()
    assert (stat.S_IMODE(status.st_mode), status.st_gid) == (0o660, os.getegid())
    assert answers(str(path))
    # The file stays as it was made.
    assert daemon.reload(listener("line", f"unix:{path}", mode="0600"))
    [warning] = daemon.events("restart-to-apply")
    assert (warning["setting"], warning["listener"]) == ("mode and group", "line")
    assert stat.S_IMODE(path.stat().st_mode) == 0o660


def test_a_group_that_is_not_the_daemons_is_refused(tmp_path):
    foreign = next(group for group in range(54321, 60000) if group not in os.getgroups())
    config = tmp_path / "config"
    for group, problem in (
        (foreign, f'the group "{foreign}" is not one of this process\'s groups; SupplementaryGroups='),
        ("no-such-group", 'the group "no-such-group" does not exist'),
    ):
        config.write_text(listener("line", f"unix:{tmp_path}/s", group=str(group)))
        done = run(ECHOLINED, "--config", config)
        assert done.returncode == 1
        assert problem in done.stderr
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize(
    "first, second",
    [
        ("0.0.0.0:7", "127.0.0.1:7"),
        ("[::]:7", "0.0.0.0:7"),
        ("[0::1]:7", "[::1]:7"),
        ("localhost:7", "127.0.0.1:7"),
        ("unix:/run/echoline/s", "unix:/run/./echoline/s"),
    ],
)
def test_two_listeners_that_exclude_one_another_are_named_by_the_check(first, second, tmp_path):
    config = tmp_path / "config"
    config.write_text(listener("echo", first, name="one") + listener("line", second, name="two"))
    done = run(ECHOLINED, "--check-config", "--config", config)
    assert done.returncode == 78
    assert (
        f'{config}:8:11: the address "{second}" of the listener "two" is taken by the listener "one" '
        f'at line 4, which has "{first}"; addresses must differ'
    ) in done.stderr


def test_with_ipv6_only_both_wildcards_have_one_port(start_daemon):
    port = free_port()
    config = listener("line", f"[::]:{port}", ipv6_only=True)
    daemon = start_daemon(config + listener("echo", f"0.0.0.0:{port}"))
    with Peer(("127.0.0.1", port)) as echo, Peer(("::1", port)) as line:
        echo.send(PING)
        assert echo.read_exactly(4) == PING
        assert line.ask(PING) == PONG
    assert not daemon.reload(listener("line", f"[::]:{port}"))
    [error] = daemon.events("reload-error")
    assert error["what"].endswith("takes a restart)")


def test_every_socket_of_a_name_has_a_descriptor_of_its_own(start_daemon, names):
    def with_few_files():
        resource.setrlimit(resource.RLIMIT_NOFILE, (200, 200))

    def most_connections(address):
        options = {"launcher": names, "before_exec": with_few_files}
        daemon = start_daemon("workers = 1\n" + listener("echo", address), **options)
        started = daemon.events("max-connections-lowered")[-1]["to"]
        assert daemon.reload("workers = 1\n" + listener("echo", address, max_connections=5))
        assert daemon.events("max-connections-lowered")[-1]["to"] == started
        return int(started)

    assert most_connections("both.example:0") == most_connections("127.0.0.1:0") - 1
