"""A new configuration that cannot be had changes nothing, and it is said why."""

import os
import socket

from activate import launcher
from daemon import limits, listener
from deadline import until
from manager import Manager
from peer import Peer, answers, free_port
from sanitized import PATIENCE


BAD = 'shutdown_grace = "soon"\n[[listener]]\nprotocol = "ecko"\naddress = "127.0.0.1:0"\n'


def test_a_bad_file_changes_nothing_and_every_error_is_logged(start_daemon, reliability, tmp_path):
    with Manager(str(tmp_path / "notify")) as manager:
        daemon = start_daemon(listener("line"), environment=manager.environment)
        assert not daemon.reload(BAD)
        errors = [line["what"] for line in daemon.events("reload-error")]
        places = [error.removeprefix(f"{daemon.config_file}:")[:5] for error in errors]
        assert places == ["1:18:", "3:12:"]
        [failed] = daemon.events("reload-failed")
        assert (failed.level, failed["errors"]) == ("error", "2")
        assert answers(daemon.address("line"))
        until(lambda: manager.values("READY") == ["1", "1"], 20 * PATIENCE)
        assert f"reload failed: {daemon.config_file}:1:18: " in manager.values("STATUS")[-1]
        # It stays to be seen, until a reload goes well.
        with Peer(daemon.address("line")):
            until(lambda: manager.values("STATUS")[-1].endswith("; 1 connection"), 20 * PATIENCE)
            assert manager.values("STATUS")[-1].startswith("reload failed: ")
        assert daemon.reload(listener("line"))
        until(lambda: "failed" not in manager.values("STATUS")[-1], 20 * PATIENCE)
    reliability(16, "a bad file: the old configuration serves on, every error is told")


def test_a_file_that_is_gone_changes_nothing(start_daemon):
    daemon = start_daemon(listener("line"))
    daemon.config_file.unlink()
    assert not daemon.reload()
    [error] = daemon.events("reload-error")
    assert "cannot read this file" in error["what"]
    assert answers(daemon.address("line"))


def test_an_address_that_cannot_be_bound_changes_nothing_at_all(start_daemon, tmp_path):
    taken = start_daemon(listener("echo")).port("echo")
    daemon = start_daemon(limits(max_connections=5) + listener("line"))
    path = f"{tmp_path}/new"
    assert not daemon.reload(
        limits(max_connections=7)
        + listener("line", f"unix:{path}", name="new")
        + listener("line", f"127.0.0.1:{taken}", name="taken")
    )
    [error] = daemon.events("reload-error")
    assert f"cannot listen on 127.0.0.1:{taken}: Address already in use" in error["what"]
    assert not os.path.exists(path)
    with Peer(daemon.address("line")) as peer:
        assert peer.stats()["connections_max"] == 5


def test_another_address_of_its_own_port_takes_a_restart_and_it_says_so(start_daemon):
    port = free_port()
    daemon = start_daemon(listener("line", f"127.0.0.1:{port}"))
    assert not daemon.reload(listener("line", f"0.0.0.0:{port}"))
    [error] = daemon.events("reload-error")
    assert f"of this daemon listens on 127.0.0.1:{port}; " in error["what"]
    assert error["what"].endswith("takes a restart)")
    assert answers(daemon.address("line"))


def test_inherited_sockets_go_on_and_have_to_match_as_at_the_start(start_daemon):
    config = listener("line", "systemd")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        daemon = start_daemon(config, **launcher({"line": listening}))
        assert daemon.reload(config + listener("echo"))
        assert answers(listening.getsockname())
        assert not daemon.reload(listener("line", "systemd", name="other"))
        [error] = daemon.events("reload-error")
        assert "FileDescriptorName=" in error["what"]
        assert answers(listening.getsockname())


def test_a_path_that_is_another_s_now_is_no_reload(start_daemon, tmp_path):
    path = tmp_path / "line"
    config = listener("line", f"unix:{path}") + listener("echo")
    daemon = start_daemon(config)

    def takes_it(what):
        assert not daemon.reload(config)
        assert what in daemon.events("reload-error")[-1]["what"]
        path.unlink()

    path.unlink()
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(path))
        other.listen()
        takes_it("another process listens on that path")
    path.write_text("")
    takes_it("there is a file at that path")
    path.symlink_to(tmp_path / "elsewhere")
    takes_it("there is a symbolic link at that path")
    assert daemon.reload(config)
    assert answers(str(path))
