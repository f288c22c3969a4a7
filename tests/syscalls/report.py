"""What the system calls of a server say of its filter.

    report.py COUNTS

COUNTS is what audit.py wrote while the server ran without a filter, with
SystemCallLog=@known. A call is refused or kills as the unit's filter has it: the server
that is asked for is one that has no drop-ins. Run as root in the booted host.
"""

import collections
import subprocess
import sys

UNIT = "left4me-server@without-drop-ins.service"
ABIS = {"x86": "32 bits", "x86_64": "64 bits"}


def output(*words):
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def shipped_filter():
    """Of each call that does not kill: "" if it is allowed, else its errno."""
    words = output("systemctl", "show", "-P", "SystemCallFilter", UNIT).split()
    return {name: errno for name, _, errno in (word.partition(":") for word in words)}


def number_of(abi, name):
    return output("scmp_sys_resolver", "-a", abi, name).strip()


def counts_of(path):
    """Per ABI and call: how often, and by which programs."""
    calls = {abi: collections.defaultdict(lambda: (0, set())) for abi in ABIS}
    with open(path, encoding="ascii") as lines:
        for line in lines:
            count, action, abi, number, command = line.split(maxsplit=4)
            if action != "logged":
                continue
            name = output("scmp_sys_resolver", "-a", abi, number).strip()
            before, commands = calls[abi][name]
            calls[abi][name] = before + int(count), commands | {command.strip()}
    return calls


def main():
    allowed = shipped_filter()
    calls = counts_of(sys.argv[1])
    if not any(calls.values()):
        sys.exit("no call was seen")
    for abi, width in ABIS.items():
        made = calls[abi]
        print(f"\n{width}: {sum(count for count, _ in made.values())} calls of {len(made)} kinds")
        print("  made, and not allowed:")
        for name, (count, commands) in sorted(made.items()):
            if allowed.get(name, "kills") != "":
                outcome = allowed.get(name, "kills")
                print(f"    {name:24} {outcome:8} {count:6}  {' '.join(sorted(commands))}")
        unused = sorted(name for name, errno in allowed.items()
                        if errno == "" and name not in made and not number_of(abi, name).startswith("-"))
        print(f"  allowed, and not made: {len(unused)}")
        for start in range(0, len(unused), 5):
            print("    " + " ".join(f"{name:22}" for name in unused[start:start + 5]).rstrip())


main()
