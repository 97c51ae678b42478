"""The foreign proxies and services that `tests/doctor/examine` examines, and how each is started: as its
documentation has it for a TCP proxy, with room for hundreds of connections, which the cases take."""

import dataclasses
import os
import pathlib
import subprocess
import typing

PEERS = pathlib.Path(__file__).resolve().parent.parent.parent / "bench/peers"
SOCKET_PROXYD = "/lib/systemd/systemd-socket-proxyd"


@dataclasses.dataclass
class Foreign:
    name: str
    package: str
    # Given the port to listen on, the origin's, one to spare, and a folder: commands.
    start: typing.Callable
    way: str = "through"
    only: tuple = ()  # the cases that fit, where not all do
    needs: str = ""  # a program, where it is not named like the package


def written(folder, name, text):
    file = folder / name
    file.write_text(text)
    return str(file)


def haproxy(front, back, _spare, folder):
    text = f"""defaults
  mode tcp
  timeout connect 10s
  timeout client 60s
  timeout server 60s
listen front
  bind 127.0.0.1:{front}
  server back 127.0.0.1:{back}
"""
    return [["haproxy", "-f", written(folder, "haproxy.cfg", text)]]


def nginx(front, back, _spare, folder, more=""):
    text = f"""load_module /usr/lib/nginx/modules/ngx_stream_module.so;
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 4096; }}
stream {{
  server {{
    listen 127.0.0.1:{front};
    proxy_pass 127.0.0.1:{back};
    {more}
  }}
}}
"""
    return [["nginx", "-e", f"{folder}/error.log", "-c", written(folder, "nginx.conf", text)]]


def nginx_half_close(front, back, _spare, folder):
    return nginx(front, back, None, folder, "proxy_half_close on;")


def socat(front, back, _spare, _folder):
    return [["socat", f"TCP-LISTEN:{front},bind=127.0.0.1,fork,reuseaddr,backlog=1000", f"TCP:127.0.0.1:{back}"]]


def xinetd(front, back, _spare, folder):
    text = f"""service front
{{
  type = UNLISTED
  socket_type = stream
  protocol = tcp
  wait = no
  user = root
  bind = 127.0.0.1
  port = {front}
  redirect = 127.0.0.1 {back}
  instances = UNLIMITED
  cps = 100000 1
}}
"""
    pid = folder / "xinetd.pid"
    return [["xinetd", "-dontfork", "-f", written(folder, "xinetd.conf", text), "-pidfile", str(pid)]]


def ncat(front, back, _spare, _folder):
    return [["ncat", "-l", "127.0.0.1", str(front), "-k", "-m", "1000", "--sh-exec", f"ncat 127.0.0.1 {back}"]]


def pen(front, back, _spare, folder):
    return [["pen", "-f", "-x", "2000", "-p", f"{folder}/pen.pid", f"127.0.0.1:{front}", f"127.0.0.1:{back}"]]


def rinetd(front, back, _spare, folder):
    return [["rinetd", "-f", "-c", written(folder, "rinetd.conf", f"127.0.0.1 {front} 127.0.0.1 {back}\n")]]


def stunnel(front, back, spare, folder):
    """TLS between two of them."""
    certificate, between = folder / "certificate.pem", f"127.0.0.1:{spare}"
    new = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "2"]
    subprocess.run(
        [*new, "-keyout", certificate, "-out", certificate], check=True, stderr=subprocess.DEVNULL, timeout=60
    )
    for_both = f"foreground = yes\nsyslog = no\noutput = {folder}/log\n"
    server = f"{for_both}pid = {folder}/server.pid\n[server]\naccept = {between}\ncert = {certificate}\n"
    client = f"{for_both}pid = {folder}/client.pid\n[client]\nclient = yes\naccept = 127.0.0.1:{front}\n"
    return [
        ["stunnel4", written(folder, "server.conf", f"{server}connect = 127.0.0.1:{back}\n")],
        ["stunnel4", written(folder, "client.conf", f"{client}connect = {between}\n")],
    ]


def socket_proxyd(front, back, _spare, _folder):
    return [["systemd-socket-activate", "-l", f"127.0.0.1:{front}", SOCKET_PROXYD, f"127.0.0.1:{back}"]]


def redis(front, _back, _spare, folder):
    return [["redis-server", "--bind", "127.0.0.1", "--port", str(front), "--save", "", "--dir", str(folder)]]


def memcached(front, _back, _spare, _folder):
    return [["memcached", "-u", "nobody", "-l", "127.0.0.1", "-p", str(front), "-U", "0"]]


def asyncio_echo(front, _back, _spare, _folder):
    return [["/usr/bin/python3", str(PEERS / "asyncio_echo.py"), str(front)]]


def go_echo(front, _back, _spare, folder):
    environment = dict(os.environ, GOCACHE=str(folder / "cache"), GO111MODULE="off")
    program = folder / "go_echo"
    subprocess.run(
        ["go", "build", "-o", program, PEERS / "go_echo.go"], check=True, env=environment, timeout=300
    )
    return [[str(program), str(front)]]


# Of the line protocol these need PING alone, which Redis has, or nothing.
OF_REDIS = ("1.9", "3.16", "4.12", "6.5", "8.3", "12.7")

ALL = (
    Foreign("haproxy", "haproxy", haproxy),
    Foreign("nginx", "libnginx-mod-stream", nginx, needs="nginx"),
    Foreign("nginx-half-close", "libnginx-mod-stream", nginx_half_close, needs="nginx"),
    Foreign("socat", "socat", socat),
    Foreign("xinetd", "xinetd", xinetd),
    Foreign("ncat", "ncat", ncat),
    Foreign("pen", "pen", pen),
    Foreign("rinetd", "rinetd", rinetd),
    Foreign("stunnel", "stunnel4", stunnel),
    Foreign("socket-proxyd", "systemd", socket_proxyd, needs=SOCKET_PROXYD),
    Foreign("redis", "redis-server", redis, "line", OF_REDIS),
    Foreign("memcached", "memcached", memcached, "line", ("3.16",)),
    Foreign("asyncio", "python3", asyncio_echo, "echo"),
    Foreign("go", "golang-go", go_echo, "echo", needs="go"),
)
