"""What the server itself decides about messages, with the sample server of tests/support/rt_sample.c
(see there for what its names do)."""

import random
import socket
import struct

import dns.edns
import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rdatatype
import pytest

from harness.client import Client


def answers(reply):
    return [rr.to_text() for rrset in reply.answer for rr in rrset]


def texts(reply):
    return sorted(t.strip('"') for t in answers(reply))


def header(message_id=1, flags=0x0100, counts=(1, 0, 0, 0)):
    return struct.pack("!6H", message_id, flags, *counts)


QUESTION = b"\x03www\x07example\x03org\x00" + struct.pack("!2H", 1, 1)


class Wire:
    """Raw datagrams to one server."""

    def __init__(self, server, address="127.0.0.1"):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(6)
        self.socket.connect((address, server.port))

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.socket.close()

    def ask(self, data):
        self.socket.send(data)
        return self.socket.recv(65535)

    def is_ignored(self, data):
        """Sends data and a good query behind it: only that one is answered.  (Both go to the same
        worker, in order.)"""
        marker = random.randrange(2, 65536)
        self.socket.send(data)
        self.socket.send(header(marker) + QUESTION)
        return struct.unpack("!H", self.socket.recv(65535)[:2])[0] == marker


@pytest.fixture
def wire(sample):
    with Wire(sample) as connection:
        yield connection


def rcode_of(data):
    return data[3] & 15


# ---- what is accepted ----


def test_answer_keeps_id_case_and_flags(sample):
    message = sample.make("WwW.eXaMpLe.OrG")
    message.flags |= dns.flags.CD
    reply = sample.ask(message)
    assert reply.id == message.id
    assert reply.question[0].name.to_text() == "WwW.eXaMpLe.OrG."
    assert reply.flags == dns.flags.QR | dns.flags.AA | dns.flags.RD | dns.flags.CD
    assert answers(reply) == ["192.0.2.1"]
    message.flags = 0
    assert sample.ask(message).flags == dns.flags.QR | dns.flags.AA


def test_responses_and_fragments_are_ignored(wire):
    for data in (
        header(flags=0x8000) + QUESTION,
        b"",
        b"\0",
        header()[:11],
        header(flags=0xA800, counts=(0, 0, 0, 0)),
    ):
        assert wire.is_ignored(data), data


@pytest.mark.parametrize("opcode", [1, 2, 3, 5, 6, 15])
def test_other_opcodes_are_not_implemented(wire, opcode):
    reply = wire.ask(header(flags=opcode << 11) + QUESTION)
    assert rcode_of(reply) == dns.rcode.NOTIMP
    assert reply[2] >> 3 == 0x10 | opcode


@pytest.mark.parametrize(
    "counts", [(0, 0, 0, 0), (2, 0, 0, 0), (1, 2, 0, 0), (1, 0, 2, 0), (1, 0, 0, 3), (65535,) * 4]
)
def test_wrong_counts_are_format_errors(wire, counts):
    assert rcode_of(wire.ask(header(counts=counts) + QUESTION)) == dns.rcode.FORMERR


def test_a_question_that_is_not_there(wire):
    assert rcode_of(wire.ask(header())) == dns.rcode.SERVFAIL


@pytest.mark.parametrize(
    "question",
    [
        b"\x03www\x07example\x03org\x00\x00\x01",
        b"\x40www\x00\x00\x01\x00\x01",
        b"\xc0\x0c\x00\x01\x00\x01",
        b"\x3f" + b"a" * 20,
        (b"\x3f" + b"a" * 63) * 4 + b"\0\0\1\0\1",
    ],
)
def test_malformed_questions(wire, question):
    assert rcode_of(wire.ask(header() + question)) == dns.rcode.FORMERR


def test_notify_is_answered(sample):
    message = sample.make("www.example.org", "SOA")
    message.set_opcode(dns.opcode.NOTIFY)
    reply = sample.ask(message)
    assert reply.opcode() == dns.opcode.NOTIFY and reply.rcode() == 0
    assert not reply.flags & (dns.flags.RD | dns.flags.CD)


def test_classes(sample):
    assert sample.query("www.example.org", rdclass="CH").rcode() == dns.rcode.REFUSED
    elsewhere = Client(sample.port, "127.0.0.2")
    reply = elsewhere.query("version.bind", "TXT", rdclass="CH")
    assert reply.rcode() == 0 and reply.question[0].rdclass == 3


# ---- EDNS ----


def test_no_opt_without_opt(sample):
    assert sample.query("www.example.org").edns == -1


def test_opt_is_echoed(sample):
    reply = sample.query("www.example.org", edns=1400, do=True)
    assert (reply.edns, reply.payload, reply.ednsflags) == (0, 1400, dns.flags.DO)
    reply = sample.query("www.example.org", edns=4000)
    assert (reply.payload, reply.ednsflags) == (4000, 0)


def test_known_options_come_back_and_others_do_not(sample):
    known = [dns.edns.GenericOption(code, b"12345678") for code in (3, 9, 10, 11, 12)]
    other = [dns.edns.GenericOption(code, b"abc") for code in (1, 5, 13, 15, 65001)]
    reply = sample.query("www.example.org", edns=1232, options=known[:2] + other + known[2:])
    assert sorted(int(o.otype) for o in reply.options) == [3, 9, 10, 11, 12]
    big = dns.edns.GenericOption(12, bytes(900))
    for name in ("www", "wait-1", "wchase-2"):
        reply = sample.query(f"{name}.example.org", edns=1232, options=[big])
        assert len(reply.options[0].to_wire()) == 900, name
        reply = sample.query(f"{name}.example.org", edns=1232, options=known)
        assert [o.to_wire() for o in reply.options] == [b"12345678"] * 5, name


def test_versions(sample):
    message = sample.make("www.example.org", edns=1232)
    message.ednsflags |= 1 << 16
    reply = sample.ask(message)
    assert (reply.rcode(), reply.edns, len(reply.answer)) == (dns.rcode.BADVERS, 0, 0)
    message = sample.make("www.example.org", edns=1232, rdclass="CH")
    message.ednsflags |= 1 << 16
    # Refused for its class, with an OPT record as to everybody who sent one (RFC 6891 section 6.1.1).
    reply = sample.ask(message)
    assert (reply.rcode(), reply.edns, reply.payload) == (dns.rcode.REFUSED, 0, 1232)


def test_client_subnets(sample):
    for prefix, rcode in ((32, dns.rcode.NOERROR), (33, dns.rcode.FORMERR)):
        option = dns.edns.GenericOption(8, struct.pack("!HBB4s", 1, prefix, 0, bytes(4)))
        assert sample.query("www.example.org", edns=1232, options=[option]).rcode() == rcode


def test_extended_rcodes_need_opt(sample):
    assert sample.query("badvers.example.org", edns=1232).rcode() == dns.rcode.BADVERS
    assert sample.query("badvers.example.org").rcode() == dns.rcode.SERVFAIL
    assert sample.query("nxdomain.example.org").rcode() == dns.rcode.NXDOMAIN


# ---- zones ----


def test_zones(sample):
    assert sample.query("www.example.org").rcode() == 0
    assert sample.query("ORG").rcode() == 0
    assert sample.query("example.net").rcode() == dns.rcode.REFUSED
    assert sample.query(".").rcode() == dns.rcode.REFUSED
    assert sample.query("www.empty.test").rcode() == dns.rcode.REFUSED
    assert Client(sample.port, "127.0.0.2").query(".").rcode() == 0


@pytest.mark.parametrize(
    "name, zone", [("a.sub.example.org", "org."), ("org", "org."), ("example.org", "org.")]
)
def test_ds_belongs_to_the_shortest_zone(sample, name, zone):
    reply = sample.query(name, "DS")
    assert [rr.strings for rrset in reply.answer for rr in rrset] == [(zone.encode(),)]


def test_what_no_block_sees_is_told(start_sample):
    server = start_sample(http=True)
    server.query("example.net")
    server.query("www.empty.test", tcp=True)
    server.query("www.example.org", rdclass="CH")
    server.raw_udp(header())
    server.raw_udp(header(flags=5 << 11) + QUESTION)  # this is rejected earlier
    server.query("www.example.org")
    assert server.metrics().value("sample_dropped_total") == 4


def test_refusals_carry_opt(sample):
    reply = sample.query("example.net", edns=1232, do=True)
    assert (reply.rcode(), reply.edns, reply.ednsflags) == (dns.rcode.REFUSED, 0, dns.flags.DO)


# ---- how a query ends ----


@pytest.mark.parametrize("tcp", [False, True])
@pytest.mark.parametrize(
    "name, rcode",
    [("next", "SERVFAIL"), ("fail", "NOTIMP"), ("panic", "SERVFAIL"), ("empty", "SERVFAIL"),
     ("late-1", "SERVFAIL"), ("loop", "SERVFAIL"), ("wait-1", "NOERROR")],
)
def test_ends(sample, name, rcode, tcp):
    reply = sample.query(f"{name}.example.org", tcp=tcp, edns=1232)
    assert dns.rcode.to_text(reply.rcode()) == rcode
    assert bool(reply.answer) == (rcode == "NOERROR") and reply.edns == 0


def test_drop(wire):
    drop = b"\x04drop\x07example\x03org\x00" + struct.pack("!2H", 1, 1)
    assert wire.is_ignored(header() + drop)


@pytest.mark.threads
def test_panics_are_counted(start_sample):
    server = start_sample(http=True)
    for _ in range(3):
        assert server.query("panic.example.org").rcode() == dns.rcode.SERVFAIL
    server.wait_output(r"^\[ERROR\] Recovered from panic in server: \"dns://127.0.0.1:", count=3)
    assert server.metrics().value("coredns_panics_total") == 3


# ---- sub-queries ----


@pytest.mark.parametrize("kind", ["chase", "wchase"])
@pytest.mark.parametrize("tcp", [False, True])
def test_sub_queries_nest_eight_deep(sample, kind, tcp):
    for depth in (0, 1, 5, 8):
        reply = sample.query(f"{kind}-{depth}.example.org", tcp=tcp)
        assert answers(reply) == ["192.0.2.1"], depth
    assert sample.query(f"{kind}-9.example.org", tcp=tcp).rcode() == dns.rcode.SERVFAIL


@pytest.mark.parametrize("tcp", [False, True])
def test_sub_queries_from_the_next_step(sample, tcp):
    for inner in ("www", "wait-1", "wchase-3"):
        reply = sample.query(f"ahead-{inner}.example.org", "TXT", tcp=tcp)
        assert len(answers(reply)) == 1  # the same record twice
        assert [len(rrset) for rrset in reply.additional] == [1]  # observed: once, by the outer one
        assert reply.to_wire().count(b"observed") == 1


@pytest.mark.threads
def test_background_queries(start_sample):
    server = start_sample(http=True)
    for _ in range(4):
        assert answers(server.query("prefetch.example.org")) == ["192.0.2.1"]
    assert server.metrics().value("sample_prefetched_total") == 4


# ---- size ----


def whole(reply):
    """All records are whole, and numbered from 0 without a hole."""
    numbers = [int(t) for rrset in reply.answer for rr in rrset for t in rr.strings]
    return sorted(numbers) == list(range(len(numbers)))


def ask_wire(server, message, tcp=False):
    """The reply, and how many octets it had."""
    if not tcp:
        data = server.raw_udp(message.to_wire())
    else:
        with server.connect() as connection:
            connection.send(message.to_wire(max_size=65535))
            data = connection.receive_wire()
    return dns.message.from_wire(data), len(data)


RECORD, OBSERVED, OPT = 113, 21, 11


@pytest.mark.parametrize(
    "edns, limit", [(None, 512), (512, 512), (100, 512), (1232, 1232), (4096, 4096), (65535, 65507)]
)
@pytest.mark.parametrize("count", [1, 4, 40, 300, 700])
def test_truncation(sample, edns, limit, count):
    name = f"big-{count}.example.org"
    reply, size = ask_wire(sample, sample.make(name, "TXT", edns=edns))
    question = len(sample.make(name, "TXT").to_wire())
    wanted = question + count * RECORD + OBSERVED + (0 if edns is None else OPT)
    got = sum(map(len, reply.answer))
    assert size <= limit and whole(reply)
    assert reply.edns == (-1 if edns is None else 0)
    if reply.flags & dns.flags.TC:
        assert wanted > limit
        assert size + (RECORD if got < count else OBSERVED) > limit
    else:
        assert size == wanted and got == count


@pytest.mark.parametrize("edns", [None, 512])
def test_size_over_tcp(sample, edns):
    for count in (4, 40, 500):
        reply, _ = ask_wire(sample, sample.make(f"big-{count}.example.org", "TXT", edns=edns), True)
        assert not reply.flags & dns.flags.TC
        assert sum(map(len, reply.answer)) == count and whole(reply)
    reply, size = ask_wire(sample, sample.make("big-700.example.org", "TXT", edns=edns), True)
    assert reply.flags & dns.flags.TC and 65000 < size <= 65535 and whole(reply)


def test_long_requests(sample):
    padding = [dns.edns.GenericOption(12, bytes(3500))]
    assert answers(sample.query("www.example.org", edns=4096, options=padding)) == ["192.0.2.1"]
    message = sample.make("www.example.org", edns=4096).to_wire()
    message = message[:-2] + struct.pack("!3H", 60004, 12, 60000) + bytes(60000)
    with sample.connect() as connection:
        connection.send(message)
        reply = connection.receive()
    assert answers(reply) == ["192.0.2.1"] and len(reply.options[0].to_wire()) == 60000


# ---- addresses ----


def test_addresses_of_both_ends(sample):
    with Wire(sample) as connection:
        local = connection.socket.getsockname()
        query = sample.make("www.example.org", "TXT")
        reply = dns.message.from_wire(connection.ask(query.to_wire()))
        assert texts(reply)[0] == f"127.0.0.1:{local[1]} 127.0.0.1:{sample.port}"


@pytest.mark.parametrize("tcp", [False, True])
@pytest.mark.parametrize("name", ["www", "wait-1"])
@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.77", "127.3.2.1", "::1"])
def test_wildcard_sockets_answer_from_the_address_asked(sample, tcp, name, address):
    if address == "::1" and not sample.has_ipv6:
        pytest.skip("no IPv6 on this machine")
    port = sample.wildcard_port
    reply = sample.query(f"{name}.example.org", "TXT", tcp=tcp, address=address, port=port)
    both = texts(reply)[0].split()
    host = f"[{address}]" if ":" in address else address
    assert both[1] == f"{host}:{port}"
    assert ("[" in both[0]) == (":" in address)
