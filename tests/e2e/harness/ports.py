"""Ports for servers under test.

Each test process holds a block of port numbers below the ephemeral range, so that parallel runs on
one machine never meet.  What marks a block as taken is an abstract Unix socket: like ports, it
belongs to the network namespace, and it ends with the process.  Within a block the lowest free
number is given out: tests run one after another get the same ports, and a Corefile that names them
is compiled once.
"""

import socket

FIRST, BLOCK, BLOCKS = 12000, 50, 400


class PortBlock:
    def __init__(self):
        self._used = set()
        for block in range(BLOCKS):
            self._mark = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            try:
                self._mark.bind(f"\0corefilec-ports-{block}")
            except OSError:
                self._mark.close()
                continue
            self.numbers = range(FIRST + block * BLOCK, FIRST + (block + 1) * BLOCK)
            return
        raise RuntimeError("no free block of ports")

    def take(self):
        for port in self.numbers:
            if port not in self._used and is_free(port):
                self._used.add(port)
                return port
        raise RuntimeError("no free port left in this block")

    def give_back(self, port):
        self._used.discard(port)

    def close(self):
        self._mark.close()


def is_free(port):
    """Whether nobody holds the port, by UDP or TCP, on IPv4 or IPv6."""
    for family, any_address in ((socket.AF_INET, ""), (socket.AF_INET6, "::")):
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            try:
                probe = socket.socket(family, kind)
            except OSError:
                continue  # no IPv6 here
            with probe:
                if family == socket.AF_INET6:
                    probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                if kind == socket.SOCK_STREAM:
                    # Connections of an earlier test in TIME_WAIT do not count.
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((any_address, port))
                except OSError:
                    if family == socket.AF_INET or has_ipv6():
                        return False
    return True


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False
