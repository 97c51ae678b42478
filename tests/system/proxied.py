"""The header of the PROXY protocol, as a proxy sends it and as a service finds it, and a daemon that
expects one."""

import ipaddress
import re
import struct

import pytest

from daemon import listener

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
LOCAL, PROXY = 0x20, 0x21
CLIENT = ("203.0.113.7", 51512)


@pytest.fixture
def behind(start_daemon):
    """A daemon whose line listener is for proxies on 127.0.0.1."""

    def start(arguments=(), **settings):
        settings = {"proxy": ["127.0.0.1"], **settings}
        config = listener("line", **settings) + listener("line", name="plain")
        daemon = start_daemon(config, arguments)
        daemon.sessions_may_fail = True
        return daemon

    return start


def sessions(daemon):
    return [line for line in daemon.events("session") if line["listener"] == "line"]


def v1(source, source_port, destination="192.0.2.1", port=7008):
    family = 6 if ":" in source else 4
    return f"PROXY TCP{family} {source} {destination} {source_port} {port}\r\n".encode()


def v2(source, source_port, destination="192.0.2.1", port=7008, tlvs=b""):
    ends = [ipaddress.ip_address(address) for address in (source, destination)]
    addresses = b"".join(end.packed for end in ends) + struct.pack(">HH", source_port, port)
    return binary(PROXY, 0x11 if ends[0].version == 4 else 0x21, addresses + tlvs)


def binary(command, family, rest=b""):
    return SIGNATURE + bytes([command, family]) + struct.pack(">H", len(rest)) + rest


def taken_off(stream):
    """Reads a header from a file: its version, the client's address and port."""
    first = stream.read(1)
    if first == b"P":
        line = stream.readline()
        found = re.fullmatch(rb"ROXY TCP[46] (\S+) \S+ (\d+) \d+\r\n", line)
        assert found, line
        return "v1", found[1].decode(), int(found[2])
    assert first + stream.read(11) == SIGNATURE
    command, family, size = struct.unpack(">BBH", stream.read(4))
    rest = stream.read(size)
    assert command == PROXY and family in (0x11, 0x21)
    width = 4 if family == 0x11 else 16
    port = struct.unpack(">H", rest[2 * width : 2 * width + 2])[0]
    return "v2", str(ipaddress.ip_address(rest[:width])), port
