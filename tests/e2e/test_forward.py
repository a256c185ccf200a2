"""forward: what goes to upstreams and comes back."""

import os
import resource
import signal
import threading
import time

import dns.edns
import dns.flags
import dns.message
import dns.opcode
import dns.query
import dns.rdataclass
import pytest

from harness.client import in_threads, is_set, rcode, texts
from harness.upstream import Answer, Drop, Hold, Raw, Refuse, Truncate, response

SIMPLE = ".:@PORT@ {\n forward . 127.0.0.1:@PORT:upstream@\n}\n"


def forward(options="", to="127.0.0.1:@PORT:upstream@"):
    return f".:@PORT@ {{\n forward . {to} {{\n{options}\n }}\n}}\n"


# ---- the question ----


@pytest.mark.parametrize("tcp", [False, True])
def test_answers(serve, upstream, tcp):
    fake = upstream()
    server = serve(SIMPLE)
    reply = server.query("WwW.Example.ORG", tcp=tcp)
    assert rcode(reply) == "NOERROR"
    assert texts(reply) == ["192.0.2.1"]
    assert is_set(reply, "RA") and is_set(reply, "RD") and not is_set(reply, "AA")
    assert reply.question[0].name.to_text() == "WwW.Example.ORG."
    query = fake.queries[0]
    assert query.transport == ("tcp" if tcp else "udp")
    assert query.name == "WwW.Example.ORG."
    assert query.message.edns == -1


@pytest.mark.parametrize("flags", [0, dns.flags.RD, dns.flags.RD | dns.flags.CD | dns.flags.AD])
def test_flags_are_passed_on(serve, upstream, flags):
    fake = upstream(behave=lambda query: Answer("192.0.2.1", flags=("AD", "AA")))
    server = serve(SIMPLE)
    reply = server.query("example.org", flags=flags)
    assert fake.queries[0].message.flags == flags
    assert is_set(reply, "AA") and is_set(reply, "AD")
    assert is_set(reply, "RD") == bool(flags & dns.flags.RD)


def test_edns_is_passed_on(serve, upstream):
    fake = upstream()
    server = serve(SIMPLE)
    subnet = dns.edns.ECSOption("192.0.2.0", 24)
    options = [
        dns.edns.GenericOption(dns.edns.COOKIE, b"12345678"),
        dns.edns.GenericOption(65001, b"mine"),
        subnet,
        dns.edns.GenericOption(dns.edns.NSID, b""),
        dns.edns.GenericOption(12, b"\0" * 20),
    ]
    reply = server.query("example.org", edns=1400, do=True, options=options)
    asked = fake.queries[0].message
    assert asked.edns == 0 and asked.payload == 1400
    assert asked.ednsflags & dns.flags.DO
    # Cookies and padding are between neighbours; all the rest goes on.
    assert sorted(option.otype for option in asked.options) == [3, 8, 65001]
    assert [option for option in asked.options if option.otype == 8] == [subnet]
    assert reply.edns == 0 and reply.ednsflags & dns.flags.DO
    # The upstream understood EDNS and sent no option.
    assert reply.options == ()


def test_many_options(serve, upstream):
    """More than a slot keeps beside the message."""
    fake = upstream()
    server = serve(SIMPLE)
    options = [dns.edns.GenericOption(65001 + i, bytes([i]) * 100) for i in range(8)]
    assert texts(server.query("example.org", options=options)) == ["192.0.2.1"]
    asked = fake.queries[0].message
    assert sorted((o.otype, o.data) for o in asked.options) == sorted(
        (o.otype, o.data) for o in options
    )


def test_other_classes_and_opcodes(serve, upstream):
    fake = upstream(behave=lambda query: Refuse("REFUSED"))
    server = serve(SIMPLE)
    query = dns.message.make_query("version.bind", "TXT", rdclass=dns.rdataclass.CH)
    assert rcode(server.ask(query)) == "REFUSED"
    assert fake.queries[0].question.rdclass == dns.rdataclass.CH
    query = dns.message.make_query("example.org", "SOA")
    query.set_opcode(dns.opcode.NOTIFY)
    assert rcode(server.ask(query)) == "REFUSED"
    assert fake.queries[1].message.opcode() == dns.opcode.NOTIFY


# ---- the answer ----


@pytest.mark.parametrize("code", ["NXDOMAIN", "SERVFAIL", "REFUSED", "NOTIMP", "FORMERR", "YXDOMAIN"])
def test_rcodes_are_passed_on(serve, upstream, code):
    upstream(behave=lambda query: Refuse(code))
    assert rcode(serve(SIMPLE).query("example.org")) == code


def test_extended_rcodes(serve, upstream):
    upstream(behave=lambda query: Refuse("BADCOOKIE"))
    server = serve(SIMPLE)
    assert rcode(server.query("example.org", edns=1232)) == "BADCOOKIE"


def test_all_sections(serve, upstream):
    def behave(query):
        reply = response(query, "www.example.org. 7 CNAME a.example.org.", "a.example.org. 8 A 192.0.2.9")
        soa = dns.rrset.from_text("example.org.", 9, "IN", "SOA", "ns. h. 1 2 3 4 5")
        reply.authority.append(soa)
        reply.additional.append(dns.rrset.from_text("ns.example.org.", 10, "IN", "AAAA", "2001:db8::1"))
        reply.use_edns(0, payload=4000, options=[dns.edns.GenericOption(65001, b"yours")])
        return Raw(reply.to_wire())

    upstream(behave=behave)
    reply = serve(SIMPLE).query("www.example.org", edns=1232)
    assert texts(reply, "CNAME") == ["a.example.org."]
    assert [rrset.ttl for rrset in reply.answer] == [7, 8]
    assert texts(reply, "SOA", "authority") == ["ns. h. 1 2 3 4 5"]
    assert texts(reply, "AAAA", "additional") == ["2001:db8::1"]
    assert reply.payload == 1232
    assert [(option.otype, option.data) for option in reply.options] == [(65001, b"yours")]


def with_options(query, codes, **options):
    reply = response(query, **options)
    data = b"\0\1\0\0"  # also a client subnet of any address
    reply.use_edns(0, options=[dns.edns.GenericOption(code, data) for code in codes])
    return Raw(reply.to_wire())


def test_options_come_back(serve, upstream):
    """NSID, client subnet, extended errors and what nobody knows; not what is between neighbours."""
    upstream(behave=lambda query: with_options(query, [3, 8, 10, 11, 12, 15, 65001]))
    server = serve(SIMPLE)
    assert [o.otype for o in server.query("example.org", edns=1232).options] == [3, 8, 15, 65001]
    assert server.query("example.org").edns == -1


def test_options_of_an_upstream_without_edns(serve, upstream):
    def behave(query):
        reply = response(query)
        reply.use_edns(False)
        return Raw(reply.to_wire())

    upstream(behave=behave)
    options = [dns.edns.GenericOption(dns.edns.NSID, b""), dns.edns.GenericOption(65001, b"mine")]
    reply = serve(SIMPLE).query("example.org", options=options)
    assert [option.otype for option in reply.options] == [3]


def test_options_of_a_failure_are_gone_after_failover(serve, upstream):
    upstream("one", behave=lambda query: with_options(query, [15], rcode="SERVFAIL"))
    upstream("two", behave=lambda query: Answer("192.0.2.2"))
    options = "  policy sequential\n  failover SERVFAIL"
    server = serve(forward(options, "127.0.0.1:@PORT:one@ 127.0.0.1:@PORT:two@"))
    reply = server.query("example.org", edns=1232)
    assert texts(reply) == ["192.0.2.2"] and reply.options == ()


def test_large_answers_over_tcp(serve, upstream):
    records = [f"10.{i // 256}.{i % 256}.1" for i in range(3000)]
    upstream(behave=lambda query: Answer(*records))
    reply = serve(SIMPLE).query("example.org", tcp=True)
    assert texts(reply) == sorted(records)


def test_errors_without_a_question(serve, upstream):
    """A server that cannot read the question answers with no more than a header."""
    upstream(behave=lambda query: Raw(query.wire[:2] + b"\x81\x81" + b"\0" * 8))
    assert rcode(serve(SIMPLE).query("example.org")) == "FORMERR"


# ---- truncation and protocols ----


def udp_is_too_small(query):
    return Truncate() if query.transport == "udp" else Answer("192.0.2.2")


def test_truncated_answers_are_passed_on(serve, upstream):
    fake = upstream(behave=udp_is_too_small)
    server = serve(SIMPLE)
    reply = server.query("example.org")
    assert is_set(reply, "TC") and not reply.answer
    assert texts(server.query("example.org", tcp=True)) == ["192.0.2.2"]
    assert [query.transport for query in fake.queries] == ["udp", "tcp"]


@pytest.mark.parametrize("tcp", [False, True])
def test_prefer_udp_asks_again_over_tcp(serve, upstream, tcp):
    fake = upstream(behave=udp_is_too_small)
    server = serve(forward("  prefer_udp"))
    reply = server.query("example.org", tcp=tcp)
    assert texts(reply) == ["192.0.2.2"] and not is_set(reply, "TC")
    assert [query.transport for query in fake.queries] == ["udp", "tcp"]


def test_prefer_udp(serve, upstream):
    fake = upstream()
    assert texts(serve(forward("  prefer_udp")).query("example.org", tcp=True)) == ["192.0.2.1"]
    assert [query.transport for query in fake.queries] == ["udp"]


@pytest.mark.parametrize("options", ["  force_tcp", "  force_tcp\n  prefer_udp"])
def test_force_tcp(serve, upstream, options):
    fake = upstream()
    assert texts(serve(forward(options)).query("example.org")) == ["192.0.2.1"]
    assert [query.transport for query in fake.queries] == ["tcp"]


def test_datagram_that_was_cut_off(serve, upstream):
    """TC may be missing where a middle box cuts: the client is told to use TCP."""
    upstream(behave=lambda query: Raw(response(query, "192.0.2.1", "192.0.2.2").to_wire()[:-6]))
    reply = serve(SIMPLE).query("example.org")
    assert is_set(reply, "TC") and not reply.answer and rcode(reply) == "NOERROR"


# ---- which queries ----


def test_zones_and_exceptions(serve, upstream):
    first = upstream("first", behave=lambda query: Answer("192.0.2.1"))
    second = upstream("second", behave=lambda query: Answer("192.0.2.2"))
    server = serve(
        ".:@PORT@ {\n"
        " forward lab.test 127.0.0.1:@PORT:first@ {\n  except a.lab.test 10.in-addr.arpa\n }\n"
        " forward 10.0.0.0/8 127.0.0.1:@PORT:first@\n"
        " forward . 127.0.0.1:@PORT:second@ {\n  except none.test\n }\n"
        "}\n"
    )
    assert texts(server.query("LAB.test")) == ["192.0.2.1"]
    assert texts(server.query("x.y.lab.TEST")) == ["192.0.2.1"]
    assert texts(server.query("b.a.lab.test")) == ["192.0.2.2"]
    assert texts(server.query("A.lab.test")) == ["192.0.2.2"]
    assert texts(server.query("xlab.test")) == ["192.0.2.2"]
    assert texts(server.query(".")) == ["192.0.2.2"]
    server.query("1.2.3.10.in-addr.arpa", "PTR")
    assert first.queries[-1].name == "1.2.3.10.in-addr.arpa."
    server.query("1.2.3.11.in-addr.arpa", "PTR")
    assert second.queries[-1].name == "1.2.3.11.in-addr.arpa."
    assert rcode(server.query("x.none.test")) == "SERVFAIL"


def test_the_zone_itself_is_never_excepted(serve, upstream):
    upstream()
    server = serve(
        ".:@PORT@ {\n forward a.test 127.0.0.1:@PORT:upstream@ {\n  except test\n }\n}\n"
    )
    assert texts(server.query("A.test")) == ["192.0.2.1"]
    assert rcode(server.query("b.a.test")) == "SERVFAIL"


# ---- several upstreams ----

TWO = "127.0.0.1:@PORT:first@ 127.0.0.1:@PORT:second@"


@pytest.fixture
def two(upstream):
    return (
        upstream("first", behave=lambda query: Answer("192.0.2.1")),
        upstream("second", behave=lambda query: Answer("192.0.2.2")),
    )


def who_answers(server, count):
    return [texts(server.query(f"n{i}.test"))[0][-1] for i in range(count)]


def test_sequential(serve, two):
    server = serve(forward("  policy sequential", TWO))
    assert who_answers(server, 8) == ["1"] * 8
    two[0].down()
    assert texts(server.query("again.test")) == ["192.0.2.2"]


@pytest.mark.threads
def test_round_robin(serve, two):
    server = serve(forward("  policy round_robin", TWO))
    assert who_answers(server, 8) == ["2", "1"] * 4


def test_random(serve, two):
    server = serve(forward("", TWO))
    answers = who_answers(server, 40)
    assert set(answers) == {"1", "2"}
    assert answers not in (["1", "2"] * 20, ["2", "1"] * 20)


def test_the_same_upstream_twice_counts_once(serve, upstream):
    fake = upstream(behave=lambda query: Refuse("SERVFAIL"))
    server = serve(
        forward("  failover SERVFAIL", "127.0.0.1:@PORT:upstream@ list"),
        files={"list": "nameserver 127.0.0.1\n"},
    )
    assert rcode(server.query("example.org")) == "SERVFAIL"
    assert len(fake.queries) >= 1


def test_failover(serve, upstream):
    first = upstream("first", behave=lambda query: Refuse("SERVFAIL"))
    second = upstream("second", behave=lambda query: Answer("192.0.2.2"))
    server = serve(forward("  policy sequential\n  failover SERVFAIL REFUSED", TWO))
    assert texts(server.query("a.test")) == ["192.0.2.2"]
    second.behave = lambda query: Refuse("REFUSED")
    assert rcode(server.query("b.test")) == "REFUSED"
    assert (len(first.queries), len(second.queries)) == (2, 2)
    first.behave = lambda query: Refuse("NXDOMAIN")
    assert rcode(server.query("c.test")) == "NXDOMAIN"
    assert len(second.queries) == 2


@pytest.mark.parametrize(
    "option, behave, code, wanted",
    [
        ("next NXDOMAIN", Refuse("NXDOMAIN"), "NOERROR", ["192.0.2.2"]),
        ("next NXDOMAIN", Refuse("REFUSED"), "REFUSED", []),
        ("next NXDOMAIN REFUSED", Refuse("REFUSED"), "NOERROR", ["192.0.2.2"]),
        ("next NXDOMAIN", Answer(), "NOERROR", []),
        ("next_on_nodata", Answer(), "NOERROR", ["192.0.2.2"]),
        ("next_on_nodata", Answer("192.0.2.1"), "NOERROR", ["192.0.2.1"]),
        ("next_on_nodata", Refuse("NXDOMAIN"), "NXDOMAIN", []),
    ],
)
def test_next(serve, two, option, behave, code, wanted):
    two[0].behave = lambda query: behave
    server = serve(
        ".:@PORT@ {\n"
        f" forward . 127.0.0.1:@PORT:first@ {{\n  {option}\n }}\n"
        " forward . 127.0.0.1:@PORT:second@\n}\n"
    )
    for tcp in (False, True):
        reply = server.query("example.org", tcp=tcp, edns=1232)
        assert (rcode(reply), texts(reply)) == (code, wanted)
    assert all(query.message.edns == 0 for query in two[1].queries)


def test_next_without_a_next_forward(serve, two):
    two[0].behave = lambda query: Refuse("NXDOMAIN")
    server = serve(
        ".:@PORT@ {\n forward . 127.0.0.1:@PORT:first@ {\n  next NXDOMAIN\n }\n whoami\n}\n"
    )
    assert rcode(server.query("example.org")) == "NXDOMAIN"


# ---- limits ----


@pytest.mark.threads
def test_max_concurrent(serve, upstream):
    go = threading.Event()
    fake = upstream(behave=lambda query: Hold(go, Answer("192.0.2.1")))
    server = serve(forward("  max_concurrent 2\n  read_timeout 5s"))
    waiting = threading.Thread(
        target=lambda: replies.extend(in_threads(server.query, ["a.test", "b.test"]))
    )
    replies = []
    waiting.start()
    fake.wait_queries(2)
    assert rcode(server.query("c.test")) == "REFUSED"
    go.set()
    waiting.join()
    assert [texts(reply) for reply in replies] == [["192.0.2.1"]] * 2
    assert texts(server.query("d.test")) == ["192.0.2.1"]


def test_max_connect_attempts(serve, upstream):
    fake = upstream(behave=lambda query: Drop())
    server = serve(forward("  max_connect_attempts 1\n  read_timeout 100ms\n  max_fails 0"))
    assert rcode(server.query("example.org")) == "SERVFAIL"
    assert len(fake.queries) == 1


def test_two_attempts_per_upstream(serve, upstream):
    fake = upstream(behave=lambda query: Drop())
    server = serve(forward("  read_timeout 100ms\n  max_fails 0"))
    assert rcode(server.query("example.org")) == "SERVFAIL"
    assert len(fake.queries) == 2
    assert fake.queries[0].message.id != fake.queries[1].message.id


def test_attempts_without_limit(serve, upstream):
    """... but for the time that a query has."""
    fake = upstream(
        behave=lambda query: Answer("192.0.2.1") if len(fake.queries) > 9 else Drop()
    )
    server = serve(forward("  max_connect_attempts 0\n  read_timeout 50ms\n  max_fails 0"))
    assert texts(server.query("example.org")) == ["192.0.2.1"]


# ---- kinds of upstreams ----


@pytest.mark.ipv6
@pytest.mark.parametrize("tcp", [False, True])
def test_ipv6(serve, upstream, tcp):
    fake = upstream(address="::1")
    server = serve(forward(to="[::1]:@PORT:upstream@"))
    assert texts(server.query("example.org", tcp=tcp)) == ["192.0.2.1"]
    assert fake.queries[0].peer[0] == "::1"


@pytest.mark.parametrize("tcp", [False, True])
def test_source_address(serve, upstream, tcp):
    fake = upstream()
    server = serve(forward("  source_address 127.0.0.9"))
    assert texts(server.query("example.org", tcp=tcp)) == ["192.0.2.1"]
    assert fake.queries[0].peer[0] == "127.0.0.9"


def test_source_address_that_is_not_ours(serve, upstream):
    fake = upstream()
    server = serve(forward("  source_address 192.0.2.99"))
    assert rcode(server.query("example.org")) == "SERVFAIL"
    assert rcode(server.query("example.org", tcp=True)) == "SERVFAIL"
    assert not fake.queries


def test_ports_and_ids_cannot_be_guessed(serve, upstream):
    fake = upstream()
    server = serve(SIMPLE)
    for i in range(60):
        assert texts(server.query(f"n{i}.test")) == ["192.0.2.1"]
    ports = [query.peer[1] for query in fake.queries]
    ids = [query.message.id for query in fake.queries]
    assert len(set(ports)) > 8
    assert len(set(ids)) > 55
    steps = {(b - a) % 65536 for a, b in zip(ids, ids[1:])}
    assert len(steps) > 50


def test_few_descriptors(serve, upstream):
    """When no more sockets can be opened, those that are open must do."""
    go = threading.Event()
    fake = upstream(behave=lambda query: Hold(go, Answer("192.0.2.1")))
    server = serve(
        ".:@PORT@ {\n multisocket 1\n forward . 127.0.0.1:@PORT:upstream@ {\n"
        "  read_timeout 5s\n  max_fails 0\n }\n}\n"
    )
    first = threading.Thread(target=lambda: replies.append(server.query("first.test")))
    replies = []
    first.start()
    fake.wait_queries(1)
    in_use = len(os.listdir(f"/proc/{server.process.pid}/fd"))
    limits = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (in_use, limits[1]))
    go.set()
    first.join()
    assert [texts(reply) for reply in replies] == [["192.0.2.1"]]
    for i in range(20):
        assert texts(server.query(f"n{i}.test")) == ["192.0.2.1"]
    assert len({query.peer for query in fake.queries}) == 1


def test_max_idle_conns(serve, upstream):
    fake = upstream()
    one = ".:@PORT@ {\n multisocket 1\n forward . 127.0.0.1:@PORT:upstream@ {\n  max_idle_conns 1\n }\n}\n"
    server = serve(one)
    for i in range(20):
        server.query(f"n{i}.test")
    assert len({query.peer for query in fake.queries}) == 1
    in_threads(lambda name: server.query(name, tcp=True), [f"t{i}.test" for i in range(20)])
    before = len(fake.queries)
    for i in range(5):
        server.query(f"u{i}.test", tcp=True)
    assert len({query.peer for query in fake.queries[before:]}) == 1


@pytest.mark.parametrize("option", ["expire 50ms", "expire 0s", "expire 50ms\n  max_age 50ms"])
def test_sockets_expire(serve, upstream, option):
    fake = upstream()
    server = serve(
        ".:@PORT@ {\n multisocket 1\n forward . 127.0.0.1:@PORT:upstream@ {\n"
        f"  max_idle_conns 1\n  {option}\n }}\n}}\n"
    )
    deadline = time.monotonic() + 10
    while len({query.peer for query in fake.queries}) < 3:
        assert texts(server.query("example.org")) == ["192.0.2.1"]
        assert time.monotonic() < deadline
        time.sleep(0.06)


def test_alias_that_leads_out_of_a_zone_file(serve, upstream):
    """A sub-query of another plugin waits for the upstream."""
    fake = upstream()
    server = serve(
        ".:@PORT@ {\n file zone example.org\n forward . 127.0.0.1:@PORT:upstream@\n}\n",
        files={"zone": "@ 60 SOA ns h 1 2 3 4 5\n@ 60 NS ns.test.\nwww 60 CNAME Away.test.\n"},
    )
    for tcp in (False, True):
        reply = server.query("www.example.org", tcp=tcp)
        assert [text.lower() for text in texts(reply, "CNAME")] == ["away.test."]
        assert texts(reply) == ["192.0.2.1"]
    assert {query.name.lower() for query in fake.queries} == {"away.test."}


def test_checking_a_configuration(serve, upstream):
    """-check reads files, and asks nobody."""
    names = upstream("names", behave=resolver_behave)
    server = serve(
        forward("  resolver 127.0.0.1:@PORT:names@", "up.example:@PORT:upstream@ ./list"),
        files={"list": "nameserver 127.0.0.1\n"},
        arguments=["-check"],
        wait=False,
    )
    assert server.wait() == 0, server.output
    assert not names.queries


def test_file_of_name_servers(serve, upstream):
    """Its servers are asked on port 53: nobody is there, but the second upstream is."""
    upstream()
    server = serve(
        forward("  policy sequential\n  max_fails 0\n  read_timeout 200ms",
                "./resolv.conf 127.0.0.1:@PORT:upstream@"),
        files={"resolv.conf": "search example\nnameserver 127.99.99.99\nnameserver bad\n"},
    )
    assert texts(server.query("example.org")) == ["192.0.2.1"]
    server.wait_output(r"\[WARNING\] plugin/forward: ./resolv.conf: 1 nameserver line skipped")


@pytest.mark.threads
def test_file_of_name_servers_is_read_again(serve):
    """On SIGHUP.  Nobody is there on port 53 of these addresses: the log says who was asked."""
    server = serve(
        ".:@PORT@ {\n errors\n forward . ./resolv.conf {\n  max_fails 0\n  read_timeout 100ms\n }\n}\n",
        files={"resolv.conf": "nameserver 127.99.99.1\n"},
    )
    assert rcode(server.query("a.test")) == "SERVFAIL"
    server.wait_output(r"2 a.test. A: read udp .*->127.99.99.1:53: ")
    (server.folder / "resolv.conf").write_text("nameserver 127.99.99.2\n")
    server.signal(signal.SIGHUP)
    deadline = time.monotonic() + 10
    while "->127.99.99.2:53: " not in server.output:
        assert time.monotonic() < deadline, server.output
        assert rcode(server.query("b.test")) == "SERVFAIL"
        time.sleep(0.02)
    (server.folder / "resolv.conf").unlink()
    server.signal(signal.SIGHUP)
    server.wait_output(r'\[ERROR\] plugin/forward: failed to open file "./resolv.conf": ')
    assert rcode(server.query("c.test")) == "SERVFAIL"
    server.wait_output(r"2 c.test. A: read udp .*->127.99.99.2:53: ")


@pytest.mark.parametrize(
    "to, files, message",
    [
        ("./none", {}, 'not an IP address or file "./none": failed to open file "./none"'),
        ("./empty", {"empty": "# nothing\n"}, "no valid upstream addresses found"),
        ("fe80::1%none0", {}, "upstream 'fe80::1%none0': no such network interface"),
    ],
)
def test_does_not_start(serve, to, files, message):
    server = serve(forward(to=to), files=files, wait=False)
    assert server.wait() == 1
    assert f"Corefile:2: plugin/forward: {message}" in server.output


# ---- host names ----


def resolver_behave(query):
    if query.name != "up.example.":
        return Refuse("NXDOMAIN")
    return Answer("127.0.0.1") if query.question.rdtype == 1 else Answer()


def wait_for_answer(server, name="example.org", seconds=20):
    deadline = time.monotonic() + seconds
    while True:
        reply = server.query(name)
        if rcode(reply) == "NOERROR":
            return reply
        assert rcode(reply) == "SERVFAIL"
        assert time.monotonic() < deadline, server.output
        time.sleep(0.05)


def test_host_name_by_a_resolver(serve, upstream):
    upstream()
    names = upstream("names", behave=resolver_behave)
    server = serve(
        forward("  resolver 127.0.0.1:@PORT:names@", "up.example:@PORT:upstream@")
    )
    assert texts(wait_for_answer(server)) == ["192.0.2.1"]
    port = server.ports["upstream"]
    server.wait_output(rf"\[INFO\] plugin/forward: up.example is 127.0.0.1:{port}$")
    assert [query.name for query in names.queries] == ["up.example."] * 2


@pytest.mark.threads
def test_host_name_is_asked_for_until_it_is_found(serve, upstream):
    """A static upstream serves meanwhile."""
    upstream("first", behave=lambda query: Answer("192.0.2.1"))
    upstream("second", behave=lambda query: Answer("192.0.2.2"))
    names = upstream("names", behave=lambda query: Refuse("SERVFAIL"))
    server = serve(
        forward(
            "  resolver 127.0.0.1:@PORT:names@\n  policy sequential",
            "up.example:@PORT:second@ 127.0.0.1:@PORT:first@",
        )
    )
    server.wait_output(r'\[WARNING\] plugin/forward: failed to resolve "up.example", trying again')
    assert texts(server.query("example.org")) == ["192.0.2.1"]
    names.behave = resolver_behave
    server.wait_output(r"up.example is")
    deadline = time.monotonic() + 10
    while texts(server.query("example.org")) != ["192.0.2.2"]:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_host_name_that_nobody_knows(serve, upstream):
    names = upstream("names", behave=lambda query: Drop())
    server = serve(forward("  resolver 127.0.0.1:@PORT:names@", "up.example"))
    names.wait_queries(1)
    assert rcode(server.query("example.org")) == "SERVFAIL"
    # The server must stop at once, in the midst of asking; serve() sees to that.


def test_host_name_by_the_system(serve, upstream):
    upstream()
    server = serve(forward(to="localhost:@PORT:upstream@"))
    assert texts(wait_for_answer(server)) == ["192.0.2.1"]
