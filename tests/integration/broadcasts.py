#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Numbered broadcast frames: broadcasts.py send INTERFACE NUMBER
                               broadcasts.py count INTERFACE NUMBER

count says "ready" and, after SIGTERM, how many different ones of NUMBER came,
and how many in all.
"""
import signal
import socket
import struct
import sys
import time

KIND = 0x88B5  # for experiments (IEEE 802)
OUTGOING = 4


def send(s, number):
    for n in range(number):
        s.send(b"\xff" * 6 + s.getsockname()[4] + struct.pack(">HI", KIND, n) +
               b"\0" * 42)
        time.sleep(0.003)


def count(s, number):
    seen = []
    print("ready", flush=True)
    try:
        while True:
            frame, name = s.recvfrom(2048)
            if name[2] != OUTGOING:
                seen.append(struct.unpack(">I", frame[14:18])[0])
    except SystemExit:
        pass
    different = len({n for n in seen if n < number})
    print(f"{different} different, {len(seen)} in all", flush=True)


def main():
    what, interface, number = sys.argv[1:]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(KIND))
    s.bind((interface, KIND))
    {"send": send, "count": count}[what](s, int(number))


main()
