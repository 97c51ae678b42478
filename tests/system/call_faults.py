"""System calls of a daemon that come short or fail, wherever they are made.

The daemon's hot path goes to the kernel without the C library, so nothing that is preloaded sees it. A
seccomp filter, upon the process before it becomes the daemon, hands the calls named here to a thread of
the test, which lets each through, makes it short or answers it with an error: seccomp_unotify(2)."""

import ctypes
import errno
import fcntl
import os
import platform
import select
import socket
import struct
import threading

# Of x86-64; <asm/unistd_64.h>. Not sendmsg(2), by which the listener itself goes to the test.
NUMBERS = {
    "read": 0,
    "write": 1,
    "ioctl": 16,
    "writev": 20,
    "socket": 41,
    "connect": 42,
    "sendto": 44,
    "recvfrom": 45,
    "shutdown": 48,
    "bind": 49,
    "listen": 50,
    "getsockname": 51,
    "setsockopt": 54,
    "getsockopt": 55,
    "fcntl": 72,
    "epoll_wait": 232,
    "epoll_ctl": 233,
    "openat": 257,
    "timerfd_create": 283,
    "accept4": 288,
    "signalfd4": 289,
    "eventfd2": 290,
    "epoll_create1": 291,
    "clone3": 435,
}
CALLS = {number: name for name, number in NUMBERS.items()}

PR_SET_NO_NEW_PRIVS = 38
SYS_SECCOMP, SYS_PIDFD_GETFD = 317, 438
SET_MODE_FILTER, NEW_LISTENER = 1, 8
LOAD_WORD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, NOTIFY = 0x7FFF0000, 0x7FC00000
NOTIF_RECV, NOTIF_SEND = 0xC0502100, 0xC0182101
EPOLL_CTL_ADD = 1
CONTINUE = 1  # of a reply: the kernel does what was asked
CALL = struct.Struct("QIIiIQ6Q")
REPLY = struct.Struct("QqiI")

_libc = ctypes.CDLL(None, use_errno=True)
SHORT = "short"


def _syscall(number, *arguments):
    result = _libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result


def _filter():
    """A listener for the calls of this process and of what it becomes."""
    steps = [struct.pack("HBBI", LOAD_WORD | 0, 0, 0, 0)]
    numbers = list(NUMBERS.values())
    for i, number in enumerate(numbers):
        steps.append(struct.pack("HBBI", JUMP_IF_EQUAL, len(numbers) - i, 0, number))
    steps.append(struct.pack("HBBI", RETURN, 0, 0, ALLOW))
    steps.append(struct.pack("HBBI", RETURN, 0, 0, NOTIFY))
    program = ctypes.create_string_buffer(b"".join(steps))
    header = struct.pack("HxxxxxxQ", len(steps), ctypes.addressof(program))
    _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    return _syscall(SYS_SECCOMP, SET_MODE_FILTER, NEW_LISTENER, ctypes.create_string_buffer(header))


def why_not():
    """Why calls cannot be made to fail here; None where they can."""
    if platform.machine() != "x86_64":
        return "the numbers of the calls are x86-64's"
    child = os.fork()
    if child == 0:
        try:
            _filter()
        except OSError as error:
            os._exit(error.errno)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return f"seccomp(2): {os.strerror(code)}" if code else None


class Fault:
    """What happens to some of the calls of a kind: an errno value, or SHORT, which moves one byte
    instead of what was asked. Of those that `where`, a function of (faults, arguments), is true of,
    `skip` go through, then every so many-th is struck, and `most` in all."""

    def __init__(self, what, every=1, where=None, skip=0, most=None):
        self.what, self.every, self.where, self.most = what, every, where, most
        self.seen = -skip
        self.done = 0

    def strikes(self, faults, arguments):
        if self.where is not None and not self.where(faults, arguments):
            return False
        self.seen += 1
        if self.seen <= 0 or self.seen % self.every != 0 or self.done == self.most:
            return False
        self.done += 1
        return True


class CallFaults:
    """Start a daemon with `before_exec`; then arm() and disarm(). Every call goes through before.

    In a `with` block, in which the daemon ends: without an answer its calls would fail for good."""

    def __init__(self):
        self._ours, self._theirs = socket.socketpair()
        self._rules = {}
        self.pid = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Once the daemon is gone, or where none came."""
        try:
            self._theirs.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # a daemon came
        self._thread.join(10)
        assert not self._thread.is_alive(), "the daemon is still there; is `faults` asked for before it?"

    def before_exec(self):
        listener = _filter()
        message = struct.pack("i", os.getpid())
        socket.send_fds(self._theirs, [message], [listener])

    def arm(self, call, fault):
        """From now on; returns the fault, which counts."""
        self._rules = {**self._rules, NUMBERS[call]: fault}
        return fault

    def disarm(self):
        self._rules = {}

    def path(self, descriptor):
        """Of what the daemon has open."""
        try:
            return os.readlink(f"/proc/{self.pid}/fd/{descriptor}")
        except OSError:
            return ""

    def memory(self, address):
        """What the daemon has there: a page's size, or less where nothing follows."""
        with open(f"/proc/{self.pid}/mem", "rb", buffering=0) as memory:
            memory.seek(address)
            return memory.read(4096)

    def text(self, address):
        """A string of the daemon's."""
        return self.memory(address).split(b"\0")[0].decode(errors="replace")

    def _run(self):
        with self._ours, self._theirs:
            message, listeners, _, _ = socket.recv_fds(self._ours, 4, 1)
        if not message:
            return  # none came
        [listener] = listeners
        [self.pid] = struct.unpack("i", message)
        waiting = select.poll()
        waiting.register(listener, select.POLLIN)
        while True:
            [(_, events)] = waiting.poll()
            if not events & select.POLLIN:
                break  # the daemon is gone
            self._answer(listener)
        os.close(listener)

    def _answer(self, listener):
        buffer = bytearray(CALL.size)
        try:
            fcntl.ioctl(listener, NOTIF_RECV, buffer, True)
        except OSError:
            return  # its thread is gone
        identity, _, _, number, _, _, *arguments = CALL.unpack(buffer)
        value, error, flags = 0, 0, CONTINUE
        rule = self._rules.get(number)
        try:
            if rule is not None and rule.strikes(self, arguments):
                value, error, flags = self._strike(number, rule.what, arguments)
        finally:
            try:
                fcntl.ioctl(listener, NOTIF_SEND, REPLY.pack(identity, value, -error, flags))
            except OSError:
                pass

    def _strike(self, number, what, arguments):
        if what != SHORT:
            return 0, what, 0
        descriptor, address, size, *_ = arguments
        if size <= 1:
            return 0, 0, CONTINUE
        ours = self._copy_of(descriptor)
        try:
            with open(f"/proc/{self.pid}/mem", "r+b", buffering=0) as memory:
                memory.seek(address)
                if CALLS[number] == "read":
                    return memory.write(os.read(ours, 1)), 0, 0
                # It does not wait: the description that it shares with the daemon's says so.
                return os.write(ours, memory.read(1)), 0, 0
        except OSError as failure:
            return 0, failure.errno, 0
        finally:
            os.close(ours)

    def _copy_of(self, descriptor):
        process = os.pidfd_open(self.pid)
        try:
            return _syscall(SYS_PIDFD_GETFD, process, ctypes.c_long(descriptor), 0)
        finally:
            os.close(process)


def of_descriptor(number):
    return lambda faults, arguments: arguments[0] == number


def of_file(name):
    """Where the descriptor is of the file with this name."""
    return lambda faults, arguments: faults.path(arguments[0]).endswith(name)


def of_path(name):
    """Where the path that is opened ends so."""
    return lambda faults, arguments: faults.text(arguments[1]).endswith(name)


def is_watched(faults, arguments):
    """What the daemon adds to an epoll set. What Asio adds for its own wake-ups and timers has no EPOLLPRI, and it looks at no result."""
    _, operation, _, event, *_ = arguments
    if operation != EPOLL_CTL_ADD:
        return False
    return bool(int.from_bytes(faults.memory(event)[:4], "little") & select.EPOLLPRI)


def name(what):
    return errno.errorcode.get(what, what)


def ids(rows):
    return [f"{call} {name(what)}" for call, what, _ in rows]
