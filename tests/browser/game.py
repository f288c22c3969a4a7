#!/usr/bin/python3
"""A game whose words are markup, for tests/browser: it counts in its log, and answers queries
(https://developer.valvesoftware.com/wiki/Server_queries) and RCON (…/Source_RCON_Protocol) on the port that
it is given. The word behind +say is in each line of its log, and the name of one who plays. One that is
given a map by +plays is a game as any other, for pictures; so many play as +players says."""

import itertools
import socket
import struct
import sys
import threading
import time

MAP = b"c1</span><script>alert(1)</script>&amp;\"'\xff"
NAME = b"<h1>mine</h1>"
PLAYERS = [(2, b"<b>Zoey</b>"), (3, b"Ellis \"the mechanic\"\xff"), (4, b"x" * 31)]
RUN = 100_000  # lines, more than one run has


def argument(name):
    """What stands behind it on the command line; nothing where it does not."""
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else ""


SAID = argument("+say")
if SAID:
    PLAYERS.append((5, SAID.encode()))
CALM = argument("+plays")
if CALM:
    MAP, NAME = CALM.encode(), b"Friday night"
    PLAYERS = list(enumerate((b"Zoey", b"Ellis", b"Rochelle", b"Bill", b"Louis", b"Coach", b"Nick", b"Francis"),
                             2))[:int(argument("+players") or 0)]
CALM_LINES = (
    "Console initialized.", "server.so loaded for \"Left 4 Dead 2\"", "server_rotation.cfg: 14 maps",
    "Executing dedicated server config file server.cfg", "Connection to Steam servers successful.",
    "   VAC secure mode is activated.", "Map " + CALM + " is loaded",
    *(f"Client \"{name.decode()}\" connected (192.0.2.{number}:27005)." for number, name in PLAYERS if CALM))
gone = set()  # whom somebody kicked


def answer_questions(port):
    game = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    game.bind(("0.0.0.0", port))
    info = b"\xff\xff\xff\xffI\x11" + b"\0".join([NAME, MAP, b"left4dead2", b"L4D2", b""])
    info += struct.pack("<HBBBccBB", 550, len(here()) if CALM else 5, 8, 0, b"d", b"l", 0, 0) + b"2.2.4.3\0"
    while True:
        question, asker = game.recvfrom(2048)
        if question.startswith(b"\xff\xff\xff\xffU"):
            game.sendto(b"\xff\xff\xff\xffD" + players(), asker)
        if question.startswith(b"\xff\xff\xff\xffT"):
            game.sendto(info, asker)


def here():
    return [player for player in PLAYERS if player[0] not in gone]


def players():
    rows = [struct.pack("<B", 0) + name + struct.pack("<xif", 10 * number, 100.0 * number)
            for number, name in here()]
    return bytes([len(rows)]) + b"".join(rows)


def answer_to(command):
    words = command.split()
    if words[:1] == [b"kickid"]:
        gone.add(int(words[1]))
        return b""
    if words == [b"status"]:
        rows = [b'# %d 1 "%s" STEAM_1:0:%d 01:02 45 0 active 30000 192.0.2.1:27005\n' % (number, name, number)
                for number, name in here()]
        return b"hostname: <i>x</i>\n" + b"".join(rows) + b"#end\n"
    if words == [b"cvarlist"]:
        return b"cvar list\nzebra_crossing : cmd : : \n"
    return b"said: " + command + b"\n"


def packet(number, kind, body):
    return struct.pack("<iii", len(body) + 10, number, kind) + body + b"\0\0"


def take_commands(client):
    with client, client.makefile("rb") as stream:
        while head := stream.read(4):
            content = stream.read(*struct.unpack("<i", head))
            number, kind = struct.unpack("<ii", content[:8])
            if kind == 3:
                client.sendall(packet(number, 0, b"") + packet(number, 2, b""))
            elif kind == 2:
                client.sendall(packet(number, 0, answer_to(content[8:-2])))
            else:
                client.sendall(packet(number, 0, b"") + packet(number, 0, b"\0\1\0\0"))


def answer_commands(port):
    console = socket.create_server(("0.0.0.0", port))
    while True:
        client, _ = console.accept()
        threading.Thread(target=take_commands, args=(client,), daemon=True).start()


def main():
    port = int(sys.argv[sys.argv.index("+hostport") + 1])
    for answers in (answer_questions, answer_commands):
        threading.Thread(target=answers, args=(port,), daemon=True).start()
    if CALM:
        print(*CALM_LINES, sep="\n", flush=True)
        threading.Event().wait()
    print("</pre><script>alert(2)</script>&lt;", flush=True)
    # Each run of it has numbers of its own, that follow each other.
    for number in itertools.count(int(time.time()) * RUN):
        print(f"{SAID} line {number}.".strip(), flush=True)
        time.sleep(0.2)


main()
