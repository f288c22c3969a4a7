#!/usr/bin/python3
"""A game whose words are markup, for tests/browser/browser_test.py: it counts in its log, and answers
A2S_INFO (https://developer.valvesoftware.com/wiki/Server_queries) on the port that it is given."""

import itertools
import socket
import struct
import sys
import threading
import time

MAP = b"c1</span><script>alert(1)</script>&amp;\"'\xff"
NAME = b"<h1>mine</h1>"


def answer_questions(port):
    game = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    game.bind(("0.0.0.0", port))
    info = b"\xff\xff\xff\xffI\x11" + b"\0".join([NAME, MAP, b"left4dead2", b"L4D2", b""])
    info += struct.pack("<HBBBccBB", 550, 5, 8, 0, b"d", b"l", 0, 0) + b"2.2.4.3\0"
    while True:
        question, asker = game.recvfrom(2048)
        if question.startswith(b"\xff\xff\xff\xffT"):
            game.sendto(info, asker)


def main():
    port = int(sys.argv[sys.argv.index("+hostport") + 1])
    threading.Thread(target=answer_questions, args=(port,), daemon=True).start()
    print("</pre><script>alert(2)</script>&lt;", flush=True)
    for number in itertools.count():
        print(f"line {number}.", flush=True)
        time.sleep(0.2)


main()
