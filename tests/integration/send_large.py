#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Send frames to the wire that a card has to finish: send_large.py INTERFACE

Three over each of IPv4 and IPv6: TCP of 60,000 octets to be cut into segments
of 1440, TCP with a blank checksum, UDP with a blank checksum; to an address
that nobody has, through a packet socket with virtio-net headers.
"""
import socket
import struct
import sys

SOL_PACKET, PACKET_VNET_HDR = 263, 15
NEEDS_CSUM, GSO_TCPV4, GSO_TCPV6 = 1, 1, 4
MSS = 1440


def fold(data):
    """The ones' complement sum of big-endian words."""
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def ip_header(version, protocol, length):
    """A header and the sum of its pseudo-header."""
    if version == 6:
        ends = bytes.fromhex("fd00" + "00" * 13 + "01" + "fd00" + "00" * 13 + "09")
        head = struct.pack(">IHBB", 0x60000000, length, protocol, 64) + ends
        kind = b"\x86\xdd"
    else:
        ends = bytes([192, 0, 2, 1, 192, 0, 2, 9])
        head = struct.pack(">BBHHHBBH", 0x45, 0, length + 20, 1, 0x4000, 64,
                           protocol, 0) + ends
        check = 0xFFFF - fold(head)
        head = head[:10] + struct.pack(">H", check) + head[12:]
        kind = b"\x08\x00"
    return kind + head, fold(ends + struct.pack(">II", length, protocol))


def frame(source, version, protocol, payload, mss):
    """A frame with its virtio-net header."""
    length = payload + (20 if protocol == 6 else 8)
    head, pseudo = ip_header(version, protocol, length)
    if protocol == 6:
        # FIN, PSH and CWR are for some of the segments only.
        l4 = struct.pack(">HHIIBBHHH", 4000, 5000, 0xFFFFF000, 1, 5 << 4, 0x99,
                         1000, pseudo, 0)
    else:
        l4 = struct.pack(">HHHH", 4000, 5000, length, pseudo)
    kind = 0
    if mss:
        kind = GSO_TCPV6 if version == 6 else GSO_TCPV4
    start = 12 + len(head)
    vnet = struct.pack("<BBHHHH", NEEDS_CSUM, kind, start + len(l4), mss, start,
                       16 if protocol == 6 else 6)
    body = bytes(i * 7 & 255 for i in range(payload))
    return vnet + bytes.fromhex("02005e000009") + source + head + l4 + body


def main():
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    s.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    s.bind((sys.argv[1], 0))
    source = s.getsockname()[4]
    for version in (4, 6):
        s.send(frame(source, version, 6, 60000, MSS))
        s.send(frame(source, version, 6, 999, 0))
        s.send(frame(source, version, 17, 1001, 0))


main()
