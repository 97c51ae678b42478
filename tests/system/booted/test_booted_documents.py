"""What README.md and echolined(8) say to type where systemd runs."""

import shutil

import pytest

from documents import blocks
from installed import SOURCE
from newcomer import Newcomer

CLONE = "/root/echoline"
# In the place of systemd/package, which takes minutes: it hands over what that would make.
PACKAGE = "#!/bin/sh\nmkdir -p build/release\ncp /tmp/{name} build/release/\n"


@pytest.fixture
def newcomer(machine, package):
    """Somebody with a clone in the machine; what they leave in /etc is removed."""
    machine.write(f"{CLONE}/systemd/package", PACKAGE.format(name=package.name))
    machine.run("chmod", "+x", f"{CLONE}/systemd/package")
    # The index of manual pages would be made anew, which takes seconds.
    machine.run("rm", "-f", "/var/lib/man-db/auto-update")
    if not shutil.which("sudo"):
        machine.write("/usr/local/bin/sudo", '#!/bin/sh\nexec "$@"\n')
        machine.run("chmod", "+x", "/usr/local/bin/sudo")
    path = "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    with Newcomer(CLONE, enter=machine.enter(), environment={"PATH": path}) as newcomer:
        yield newcomer
    machine.run("sh", "-c", "cd /etc/systemd/system && rm -rf echoline* *.wants/echoline*")


def follow(document, newcomer, machine):
    for block in blocks(SOURCE / document):
        if block.label == "booted file":
            machine.write(block.marks["name"], block.text)
        elif block.label == "booted":
            newcomer.follow(block)


def test_the_readme_installs_and_serves(newcomer, machine):
    machine.purge()
    follow("README.md", newcomer, machine)
    assert newcomer.run("echoline ask 127.0.0.1:7008 PING") == ("+PONG\n", 0)


def test_the_manual_page_adds_sockets_and_takes_low_ports(newcomer, machine):
    follow("server/echolined.8.scd", newcomer, machine)
    machine.write("/etc/echoline/echoline.toml", '[[listener]]\nprotocol = "echo"\naddress = "127.0.0.1:9"\n')
    assert newcomer.run("systemctl restart echoline; echo hi | nc -N 127.0.0.1 9") == ("hi\n", 0)
