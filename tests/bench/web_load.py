#!/usr/bin/env python3
"""Who holds connections to the web interface, for tests/bench/web_bench.cpp.

web_load.py streams COUNT COOKIE...  opens event streams, sixteen with each cookie, says "open N",
                                     and holds them until its input ends
web_load.py drip COUNT               sends a byte a second on each connection, says "open N", and
                                     at the end how many seconds the last of them lasted
"""

import asyncio
import sys
import time

PORT = 8000
STREAMS_OF_A_USER = 16
CONNECTIONS_OF_AN_ADDRESS = 50  # the program takes 64
LONGEST_S = 60


def own_address(number):
    """The host's own, all of 127.0.0.0/8: so that no address has too many."""
    return (f"127.0.1.{1 + number // CONNECTIONS_OF_AN_ADDRESS}", 0)


async def connect(number):
    return await asyncio.open_connection("127.0.0.1", PORT, local_addr=own_address(number))


async def stream(number, cookie):
    reader, writer = await connect(number)
    writer.write(f"GET /events HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        sys.exit(head.decode(errors="replace"))
    return reader, writer


async def hold(reader):
    while await reader.read(65536):
        pass


async def hold_streams(count, cookies):
    streams = [await stream(i, cookies[i // STREAMS_OF_A_USER]) for i in range(count)]
    reading = [asyncio.create_task(hold(reader)) for reader, _ in streams]
    print(f"open {len(streams)}", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    for task in reading:
        task.cancel()


async def drip(number, begun):
    reader, writer = await connect(number)
    cut = asyncio.create_task(reader.read(1))
    text = b"GET / HTTP/1.1\r\nHost: localhost\r\nA: " + b"a" * LONGEST_S
    for byte in text:
        writer.write(bytes([byte]))
        done, _ = await asyncio.wait([cut], timeout=1)
        if done:
            break
    writer.close()
    return time.monotonic() - begun


async def hold_drips(count):
    begun = time.monotonic()
    drips = [asyncio.create_task(drip(i, begun)) for i in range(count)]
    await asyncio.sleep(2)
    print(f"open {count}", flush=True)
    print(f"lasted {max(await asyncio.gather(*drips)):.1f}", flush=True)


def main():
    if sys.argv[1] == "streams":
        asyncio.run(hold_streams(int(sys.argv[2]), sys.argv[3:]))
    else:
        asyncio.run(hold_drips(int(sys.argv[2])))


main()
