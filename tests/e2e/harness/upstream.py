"""A name server that behaves as badly as a test wants.

    with FakeUpstream() as upstream:
        upstream.behave = lambda query: Drop() if query.transport == "udp" else Answer("192.0.2.7")

behave is called for every query, on a thread of the server; it returns what to do: one action or a
list of them, done in order.  upstream.queries is the list of all queries seen so far, and
upstream.wait_queries(n) waits until there are n.
"""

import dataclasses
import socket
import struct
import threading
import time

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rrset

SECONDS = 10


@dataclasses.dataclass
class Query:
    """What came in."""

    message: dns.message.Message
    wire: bytes
    transport: str  # "udp" or "tcp"
    peer: tuple
    reply: object = None  # how to answer: a function of octets
    upstream: object = None

    @property
    def question(self):
        return self.message.question[0]

    @property
    def name(self):
        return self.question.name.to_text()


def response(query, *records, rcode="NOERROR", flags=(), ttl=60):
    """A reply message.  A record is an address (for an A or AAAA question), or presentation
    format without the class: "example.org. 60 MX 10 mx.example.org."."""
    reply = dns.message.make_response(query.message, recursion_available=True)
    reply.set_rcode(dns.rcode.from_text(rcode))
    for flag in flags:
        reply.flags |= getattr(dns.flags, flag)
    for record in records:
        words = record.split(None, 3)
        if len(words) == 1:
            kind = "AAAA" if ":" in record else "A"
            words = [query.name, str(ttl), kind, record]
        name, seconds, kind, data = words
        rrset = dns.rrset.from_text(name, int(seconds), "IN", kind, data)
        reply.find_rrset(
            reply.answer, rrset.name, rrset.rdclass, rrset.rdtype, create=True
        ).update(rrset)
        reply.answer[-1].ttl = rrset.ttl
    return reply


class Action:
    """A thing to do with a query."""

    def do(self, query):
        raise NotImplementedError


class Answer(Action):
    """A reply with these records (see response)."""

    def __init__(self, *records, **options):
        self.records, self.options = records, options

    def message(self, query):
        return response(query, *self.records, **self.options)

    def do(self, query):
        query.reply(self.message(query).to_wire(max_size=65535))


class Refuse(Answer):
    """No records and an error code."""

    def __init__(self, rcode="REFUSED"):
        super().__init__(rcode=rcode)


class Truncate(Action):
    """An empty reply with TC set."""

    def do(self, query):
        query.reply(response(query, flags=("TC",)).to_wire())


class Drop(Action):
    def do(self, query):
        pass


class Raw(Action):
    """These octets; a function is called with the query."""

    def __init__(self, data):
        self.data = data

    def do(self, query):
        query.reply(self.data(query) if callable(self.data) else self.data)


class Hold(Action):
    """Does another action once an event is set (another thread waits; the server goes on)."""

    def __init__(self, event, then):
        self.event, self.then = event, then

    def do(self, query):
        def later():
            if self.event.wait(SECONDS):
                self.then.do(query)

        query.upstream.spawn(later)


class WrongId(Answer):
    def do(self, query):
        wire = bytearray(self.message(query).to_wire())
        wire[1] ^= 0x5A
        query.reply(bytes(wire))


class WrongQuestion(Answer):
    """A reply to another name, with the right id."""

    def do(self, query):
        other = dns.message.make_query("other.example.", query.question.rdtype)
        other.id = query.message.id
        false = dataclasses.replace(query, message=other)
        query.reply(self.message(false).to_wire())


class WrongPort(Answer):
    """The right reply, sent from another port (UDP only)."""

    def do(self, query):
        family = socket.AF_INET6 if ":" in query.upstream.address else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.bind((query.upstream.address, 0))
            sock.sendto(self.message(query).to_wire(), query.peer)


class Close(Action):
    """Closes the connection (TCP only)."""

    def do(self, query):
        query.reply(None)


class FakeUpstream:
    def __init__(self, port=0, address="127.0.0.1", behave=None):
        self.address = address
        self.port = port
        self.behave = behave or (lambda query: Answer("192.0.2.1"))
        self.queries = []
        self._changed = threading.Condition()
        self._sockets = []
        self._threads = []
        self._up = False

    def __enter__(self):
        self.up()
        return self

    def __exit__(self, *exception):
        self.down()

    @property
    def target(self):
        """As it is written in a Corefile."""
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"

    def up(self):
        """Starts, again on the same port after down()."""
        family = socket.AF_INET6 if ":" in self.address else socket.AF_INET
        for _ in range(50):
            stream = socket.socket(family, socket.SOCK_STREAM)
            datagram = socket.socket(family, socket.SOCK_DGRAM)
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                stream.bind((self.address, self.port))
                datagram.bind((self.address, stream.getsockname()[1]))
                break
            except OSError:
                stream.close()
                datagram.close()
                if self.port:
                    raise
        else:
            raise OSError("no port that is free by both UDP and TCP")
        self.port = stream.getsockname()[1]
        stream.listen(64)
        self._up = True
        self._sockets = [stream, datagram]
        self.spawn(self._accept, stream)
        self.spawn(self._receive, datagram)

    def down(self):
        """Closes everything: datagrams meet a closed port, connections are refused."""
        self._up = False
        for sock in list(self._sockets):
            try:
                sock.shutdown(socket.SHUT_RDWR)  # wakes the thread that reads it
            except OSError:
                pass
            if sock.type == socket.SOCK_DGRAM:
                self._wake(sock)
        for thread in self._threads:
            thread.join(SECONDS)
        for sock in self._sockets:
            sock.close()
        self._sockets, self._threads = [], []

    def _wake(self, sock):
        """An empty datagram ends the wait of the thread that reads the socket."""
        with socket.socket(sock.family, socket.SOCK_DGRAM) as waker:
            try:
                waker.sendto(b"", (self.address, self.port))
            except OSError:
                pass

    def spawn(self, function, *arguments):
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def wait_queries(self, count, seconds=SECONDS):
        """Waits until count queries have come in altogether; the list."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while len(self.queries) < count:
                left = deadline - time.monotonic()
                assert left > 0, f"{len(self.queries)} queries, not {count}"
                self._changed.wait(left)
            return list(self.queries)

    def _handle(self, wire, transport, peer, reply):
        try:
            message = dns.message.from_wire(wire)
        except dns.exception.DNSException:
            return
        query = Query(message, wire, transport, peer, reply, self)
        with self._changed:
            self.queries.append(query)
            self._changed.notify_all()
        actions = self.behave(query)
        for action in actions if isinstance(actions, (list, tuple)) else [actions]:
            try:
                action.do(query)
            except OSError:
                pass  # the other side, or we, have gone

    def _receive(self, sock):
        while self._up:
            try:
                wire, peer = sock.recvfrom(65535)
            except OSError:
                continue
            if wire:
                self._handle(wire, "udp", peer, lambda data, to=peer: data and sock.sendto(data, to))

    def _accept(self, listener):
        while self._up:
            try:
                connection, peer = listener.accept()
            except OSError:
                return
            self._sockets.append(connection)
            self.spawn(self._converse, connection, peer)

    def _converse(self, connection, peer):
        def reply(data):
            if data is None:
                connection.shutdown(socket.SHUT_RDWR)
            else:
                connection.sendall(struct.pack("!H", len(data)) + data)

        with connection, connection.makefile("rb") as stream:
            while self._up:
                try:
                    head = stream.read(2)
                    wire = stream.read(struct.unpack("!H", head)[0]) if len(head) == 2 else b""
                except OSError:
                    return
                if not wire:
                    return
                self._handle(wire, "tcp", peer, reply)
