"""Starts a program as systemd's socket activation does, sd_listen_fds(3): as a program,
`activate.py FD[=NAME]... -- COMMAND...` becomes COMMAND, with these descriptors as 3, 4 and so on.

As a module it says how to be started as that program.
"""

import os
import sys


def launcher(sockets):
    """What goes before a command, and the descriptors to leave open: `sockets` by name; a list has
    no names."""
    named = sockets.items() if isinstance(sockets, dict) else [(None, s) for s in sockets]
    words = [f"{s.fileno()}" + ("" if name is None else f"={name}") for name, s in named]
    command = [sys.executable, "-S", __file__, *words, "--"]
    return {"launcher": command, "fds": [s.fileno() for _, s in named]}


def main():
    split = sys.argv.index("--")
    words, command = sys.argv[1:split], sys.argv[split + 1 :]
    # First out of the way of the numbers they will have.
    moved = [os.dup2(int(word.partition("=")[0]), 100 + i) for i, word in enumerate(words)]
    for number, fd in enumerate(moved, 3):
        os.dup2(fd, number, inheritable=True)
        os.close(fd)
    os.closerange(3 + len(moved), 200)
    os.environ["LISTEN_PID"] = str(os.getpid())
    os.environ["LISTEN_FDS"] = str(len(moved))
    names = [word.partition("=")[2] for word in words]
    if any(names):
        os.environ["LISTEN_FDNAMES"] = ":".join(names)
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
