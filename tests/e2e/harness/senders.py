"""Client sockets that send bursts of queries and match the replies by id."""

import selectors
import socket
import struct


class Senders:
    """One socket for each of the addresses, connected: only what comes from there gets through."""

    def __init__(self, port, addresses):
        self.sockets = []
        self.selector = selectors.DefaultSelector()
        for address in addresses:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            sock = socket.socket(family, socket.SOCK_DGRAM)
            sock.connect((address, port))
            self.selector.register(sock, selectors.EVENT_READ)
            self.sockets.append(sock)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.selector.close()
        for sock in self.sockets:
            sock.close()

    def send(self, messages):
        """Each socket sends its share, one socket after the other."""
        share = -(-len(messages) // len(self.sockets))
        for i, message in enumerate(messages):
            self.sockets[i // share].send(message)

    def send_in_turn(self, messages):
        """Message i leaves by socket i, modulo the number of sockets."""
        for i, message in enumerate(messages):
            self.sockets[i % len(self.sockets)].send(message)

    def silent(self, seconds=0.2):
        """Whether nothing comes for so long."""
        return not self.selector.select(seconds)

    def receive(self, wanted):
        """So many replies, and none more that has been sent by then: {id: (message, socket)}."""
        replies = {}
        while len(replies) < wanted:
            ready = self.selector.select(10)
            assert ready, f"{len(replies)} replies instead of {wanted}"
            for key, _ in ready:
                message = key.fileobj.recv(65535)
                number = struct.unpack("!H", message[:2])[0]
                assert number not in replies, f"a second reply to {number}"
                replies[number] = message, key.fileobj
        assert self.silent()
        return replies
