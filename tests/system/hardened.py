#!/usr/bin/python3
"""What the linker and the compiler have put into a program against those who would take it over, as
its ELF file shows it. As a program: `hardened.py FILE...` names what is missing, and then fails.

Where a C library's own start files have no shadow stack, as Debian 12's, no program linked with them
is marked as having one; its objects are, see shadowed().
"""

import platform
import re
import subprocess
import sys

# What a program of ours calls in its checked form where _FORTIFY_SOURCE is on.
CHECKED = re.compile(r"\b__\w+_chk\b(?<!__stack_chk)")


def shown(*command):
    done = subprocess.run(
        [str(word) for word in command], stdout=subprocess.PIPE, text=True, errors="replace", check=True
    )
    return done.stdout


def shadowed(file):
    """Whether an object, or a program, is marked as fit for a shadow stack."""
    return "SHSTK" in shown("readelf", "--notes", "--wide", file)


def start_files_are_shadowed():
    """Whether those are that a program here is linked with."""
    files = (shown("gcc", f"-print-file-name={name}").strip() for name in ("Scrt1.o", "crti.o"))
    return all(shadowed(file) for file in files)


def linked(file):
    """What is missing of what the linker does, which is so in every build."""
    text = shown("readelf", "--file-header", "--program-headers", "--dynamic", "--wide", file)
    headers = re.findall(r"^  (\w+) +0x.* ([RWE ]{3}) 0x\w+$", text, re.MULTILINE)
    writable_code = [name for name, flags in headers if "W" in flags and "E" in flags]
    found = {
        "PIE": re.search(r"Type: +DYN", text) and re.search(r"FLAGS_1.*\bPIE\b", text),
        "RELRO": "GNU_RELRO" in text,
        "BIND_NOW": re.search(r"FLAGS_1.*\bNOW\b", text),
        "a stack that is not executable": any(name == "GNU_STACK" for name, _ in headers)
        and not writable_code,
        "code without relocations": "TEXTREL" not in text,
        "no RPATH": not re.search(r"\bR(UN)?PATH\b", text),
    }
    return [what for what, there in found.items() if not there]


def compiled(file):
    """What is missing of what the compiler does, where it optimises."""
    symbols = shown("readelf", "--dyn-syms", "--wide", file)
    found = {
        "a stack protector": "__stack_chk_fail" in symbols,
        "_FORTIFY_SOURCE": CHECKED.search(symbols.replace("__stack_chk_fail", "")),
    }
    if platform.machine() == "x86_64":
        # A frame of more than a page is entered page by page, each touched.
        code = shown("objdump", "--disassemble", "--no-show-raw-insn", file)
        probe = r"sub +\$0x1000,%rsp\n.*\bor[lq] +\$0x0,\S*\(%rsp\)"
        found["probes against stack clashes"] = re.search(probe, code)
        found["a shadow stack"] = shadowed(file) or not start_files_are_shadowed()
    return [what for what, there in found.items() if not there]


def main():
    status = 0
    for file in sys.argv[1:]:
        missing = linked(file) + compiled(file)
        print(f"{file}: {'without ' + ', '.join(missing) if missing else 'hardened'}")
        status |= bool(missing)
    return status


if __name__ == "__main__":
    sys.exit(main())
