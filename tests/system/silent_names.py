"""A machine whose name server hears every question and answers none; for root."""

import os
import subprocess
import sys

import pytest

# In a network of its own, where the name server is a program that ends with the one it is for.
SCRIPT = """
ip link set lo up && mount --bind "$0/resolv.conf" /etc/resolv.conf || exit 1
setpriv --pdeathsig KILL "$1" -c '
import socket, sys
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 53))
open(sys.argv[1] + "/listens", "w")
server.recv(1000)
open(sys.argv[1] + "/asked", "w")
while True: server.recv(1000)
' "$0" &
while [ ! -e "$0/listens" ]; do sleep 0.01; done
shift && exec "$@"
"""


class SilentNames:
    """`launcher` runs a command there. Skips the test where there can be no such machine."""

    def __init__(self, folder):
        self._folder = folder / "names"
        self._folder.mkdir()
        (self._folder / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:5\n")
        self.launcher = ["unshare", "--mount", "--net", "sh", "-c", SCRIPT]
        self.launcher += [str(self._folder), sys.executable]
        trial = ["unshare", "--mount", "--net", "ip", "link", "set", "lo", "up"]
        if os.geteuid() != 0 or subprocess.run(trial, timeout=60).returncode != 0:
            pytest.skip("this takes root, and a network of its own")

    def is_asked(self):
        return (self._folder / "asked").exists()

    def ready_at(self):
        """When the launcher started the command, as time.time() has it."""
        return (self._folder / "listens").stat().st_mtime
