"""Seccomp's audit records, as the kernel sends them to whoever listens.

    audit.py PART      counts those of programs whose path has PART in it

One line for each kind, "COUNT ACTION ABI NUMBER COMMAND", when standard input ends. The
kernel sends them to its first network namespace alone, so this runs beside the booted
host and not in it; the kernel's log has them too, but drops most when they are many.
"""

import collections
import re
import select
import socket
import sys

NETLINK_AUDIT = 9
READERS = 1  # the multicast group AUDIT_NLGRP_READLOG
SECCOMP = 1326
BUFFER = 64 << 20
ABIS = {"40000003": "x86", "c000003e": "x86_64"}
ACTIONS = {"0x7ffc0000": "logged", "0x80000000": "killed", "0x0": "killed"}
FIELDS = re.compile(r'(\w+)=("[^"]*"|\S+)')


def listen():
    reader = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_AUDIT)
    so_rcvbufforce = 33
    reader.setsockopt(socket.SOL_SOCKET, so_rcvbufforce, BUFFER)
    reader.bind((0, READERS))
    return reader


def record(datagram, part):
    """ACTION ABI NUMBER COMMAND, or None for what is not asked for."""
    if int.from_bytes(datagram[4:6], sys.byteorder) != SECCOMP:
        return None
    fields = dict(FIELDS.findall(datagram[16:].decode("utf-8", "replace")))
    if part not in fields.get("exe", ""):
        return None
    return " ".join((ACTIONS.get(fields["code"], fields["code"]), ABIS.get(fields["arch"], fields["arch"]),
                     fields["syscall"], fields["comm"].strip('"')))


def main():
    part = sys.argv[1]
    reader = listen()
    print("listening", file=sys.stderr, flush=True)
    counts = collections.Counter()
    lost = 0
    while True:
        ready, _, _ = select.select([reader, sys.stdin], [], [])
        if reader in ready:
            try:
                counts[record(reader.recv(9000), part)] += 1
            except OSError:  # ENOBUFS: more than the buffer held
                lost += 1
        elif not sys.stdin.buffer.read1(1):
            break
    del counts[None]
    for kind, count in sorted(counts.items()):
        print(count, kind)
    if lost:
        sys.exit("audit records were lost: ask for less at a time")


main()
