"""Questions to a server, well-formed or not."""

import socket
import struct
import threading

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype

SECONDS = 6


class TcpConnection:
    """A TCP connection for DNS: messages with a length before each, in any order."""

    def __init__(self, address, port, seconds=SECONDS):
        self.socket = socket.create_connection((address, port), timeout=seconds)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.socket.close()

    def send(self, message):
        wire = message.to_wire() if hasattr(message, "to_wire") else message
        self.socket.sendall(struct.pack("!H", len(wire)) + wire)

    def send_bytes(self, data):
        self.socket.sendall(data)

    def receive_wire(self):
        """The next message's octets, or None when the server has closed the connection."""
        head = self._exactly(2)
        return None if head is None else self._exactly(struct.unpack("!H", head)[0])

    def receive(self):
        wire = self.receive_wire()
        return None if wire is None else dns.message.from_wire(wire)

    def _exactly(self, wanted):
        data = b""
        while len(data) < wanted:
            try:
                piece = self.socket.recv(wanted - len(data))
            except ConnectionResetError:
                return None
            if not piece:
                return None
            data += piece
        return data


class Client:
    """Asks one server.  address is where it listens; an IPv6 address does as well."""

    def __init__(self, port, address="127.0.0.1"):
        self.port = port
        self.address = address

    def query(
        self,
        name,
        rdtype="A",
        *,
        tcp=False,
        address=None,
        port=None,
        edns=None,
        do=False,
        options=None,
        seconds=SECONDS,
        **fields,
    ):
        """Asks and returns the reply.  edns is the payload size to announce; further named
        arguments (id, flags, rdclass) go to dns.message.make_query or into the message."""
        message = self.make(name, rdtype, edns=edns, do=do, options=options, **fields)
        return self.ask(message, tcp=tcp, address=address, port=port, seconds=seconds)

    @staticmethod
    def make(name, rdtype="A", *, edns=None, do=False, options=None, **fields):
        flags = fields.pop("flags", None)
        if edns is not None or do or options:
            fields.update(use_edns=0, payload=edns or 1232, want_dnssec=do, options=options)
        message = dns.message.make_query(name, rdtype, **fields)
        if flags is not None:
            message.flags = flags
        return message

    def ask(self, message, *, tcp=False, address=None, port=None, seconds=SECONDS):
        """Sends a message made elsewhere.  The reply has been checked to match it."""
        send = dns.query.tcp if tcp else dns.query.udp
        return send(message, address or self.address, timeout=seconds, port=port or self.port)

    def raw_udp(self, data, *, address=None, port=None, seconds=SECONDS):
        """Sends octets as one datagram; the reply's octets, or None if none came in time."""
        address = address or self.address
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.settimeout(seconds)
            sock.connect((address, port or self.port))
            sock.send(data)
            try:
                return sock.recv(65535)
            except socket.timeout:
                return None

    def connect(self, *, address=None, port=None, seconds=SECONDS):
        return TcpConnection(address or self.address, port or self.port, seconds)


def texts(reply, rdtype="A", section="answer"):
    """The records of one type in a section, as a sorted list of their texts."""
    wanted = dns.rdatatype.from_text(rdtype)
    return sorted(
        rdata.to_text()
        for rrset in getattr(reply, section)
        if rrset.rdtype == wanted
        for rdata in rrset
    )


def rcode(reply):
    return dns.rcode.to_text(reply.rcode())


def is_set(reply, flag):
    """Whether a header flag ('AA', 'TC', ...) is set."""
    return bool(reply.flags & getattr(dns.flags, flag))


def in_threads(function, arguments):
    """The results of function for each argument, all called at the same time."""
    results = [None] * len(arguments)

    def run(i):
        results[i] = function(arguments[i])

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(arguments))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
