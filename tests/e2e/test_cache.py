"""The cache plugin: real servers in front of an upstream that counts what it is asked."""

import threading
import time

import dns.flags
import dns.rdatatype
import dns.rrset
import pytest
from harness.client import is_set, rcode, texts
from harness.upstream import Answer, Drop, Hold, Raw, Refuse, response

COREFILE = """.:@PORT@ {
    cache %s
    forward . 127.0.0.1:@PORT:upstream@ {
        max_fails 0
        read_timeout %s
    }
}
"""


@pytest.fixture
def cached(serve, upstream):
    """cached(options, behave): a server with this cache, and its upstream."""

    def start(options="", behave=None, patience="20s"):
        # Patient, so that on a busy machine no query is sent twice.
        fake = upstream("upstream", behave or (lambda query: Answer("192.0.2.1")))
        return serve(COREFILE % (options, patience)), fake

    return start


def asked(fake, name=None):
    """Queries for the name, or for any; those for the root are health checks."""
    names = [query.name.lower() for query in fake.queries]
    return len([n for n in names if n == name or (name is None and n != ".")])


def negative(query, code="NXDOMAIN", ttl=60, minimum=60, soa=True):
    reply = response(query, rcode=code)
    if soa:
        data = f"ns.example. mail.example. 1 2 3 4 {minimum}"
        rrset = dns.rrset.from_text("example.", ttl, "IN", "SOA", data)
        reply.authority.append(rrset)
    return Raw(reply.to_wire())


def ttls(reply):
    return {s.ttl for s in reply.answer + reply.authority + reply.additional}


def eventually(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "did not happen"
        time.sleep(0.01)


def test_second_answer_comes_from_the_cache(cached):
    server, fake = cached("", lambda query: Answer("192.0.2.1", "192.0.2.2"))
    first = server.query("www.example.org")
    second = server.query("www.example.org")
    assert texts(first) == texts(second) == ["192.0.2.1", "192.0.2.2"]
    assert asked(fake) == 1
    assert is_set(second, "AA") and is_set(second, "RA") and is_set(second, "RD")


def test_a_cache_of_many_entries(cached):
    """Its memory is asked for ahead, batch by batch."""
    server, fake = cached("{\n success 100000\n}", lambda query: Answer("192.0.2." + query.name[3:-9]))
    for _ in range(2):
        for i in range(20):
            assert texts(server.query(f"www{i}.example")) == [f"192.0.2.{i}"]
    assert asked(fake) == 20


def test_case_of_the_asker_is_kept(cached):
    server, fake = cached()
    server.query("www.example.org")
    reply = server.query("WWW.eXample.org")
    assert asked(fake) == 1
    assert reply.question[0].name.to_text() == "WWW.eXample.org."
    assert reply.answer[0].name.to_text() == "WWW.eXample.org."


def test_questions_that_differ_are_kept_apart(cached):
    server, fake = cached("", lambda query: Answer())
    ways = [
        {},
        {"rdtype": "AAAA"},
        {"edns": 0, "do": True},
        {"flags": dns.flags.RD | dns.flags.CD},
    ]
    for n, way in enumerate(ways, 1):
        for _ in range(2):
            server.query("www.example.org", **way)
            assert asked(fake) == n
    # EDNS alone makes no difference.
    reply = server.query("www.example.org", edns=0)
    assert asked(fake) == len(ways)
    assert reply.edns == 0


def test_one_ttl_within_the_bounds(cached):
    records = ("www.example.org. 300 CNAME b.example.org.", "b.example.org. 200 A 192.0.2.1")
    server, _ = cached("100", lambda query: Answer(*records))
    for _ in range(2):
        assert ttls(server.query("www.example.org")) <= {100, 99, 98}


def test_lowest_ttl(cached):
    server, _ = cached("{\n success 1024 3600 60\n}", lambda query: Answer("192.0.2.1", ttl=1))
    assert ttls(server.query("www.example.org")) == {60}


def test_ttl_zero_is_not_kept_when_it_may_be(cached):
    server, fake = cached("{\n success 1024 60 0\n}", lambda query: Answer("192.0.2.1", ttl=0))
    server.query("www.example.org")
    assert ttls(server.query("www.example.org")) == {0}
    assert asked(fake) == 2


@pytest.mark.parametrize("code", ["NXDOMAIN", "NOERROR"])
def test_denials(cached, code):
    server, fake = cached("", lambda query: negative(query, code, 900, 30))
    first = server.query("no.example")
    second = server.query("no.example")
    assert rcode(first) == rcode(second) == code
    assert ttls(first) == {30} and ttls(second) <= {30, 29, 28}
    assert asked(fake) == 1
    assert [s.rdtype for s in second.authority] == [dns.rdatatype.SOA]


@pytest.mark.parametrize(
    "behave",
    [
        lambda query: negative(query, soa=False),
        lambda query: Refuse("REFUSED"),
        lambda query: Answer("www.example.org. 60 CNAME b.example.org."),
        lambda query: Answer("192.0.2.1", flags=("TC",)),
    ],
    ids=["no-soa", "refused", "alias-into-nowhere", "truncated"],
)
def test_what_is_not_kept(cached, behave):
    server, fake = cached("", behave)
    for n in 1, 2:
        server.query("www.example.org")
        assert asked(fake) == n


@pytest.mark.parametrize("code", ["BADVERS", "BADCOOKIE"])
def test_extended_errors_are_not_kept(cached, code):
    """In the header alone BADVERS is NOERROR."""
    server, fake = cached("", lambda query: Refuse(code))
    for n in 1, 2:
        assert rcode(server.query("www.example.org", edns=1232)) == code
        assert asked(fake) == n


def test_servfail_of_an_upstream_is_kept_for_a_while(cached):
    server, fake = cached("", lambda query: Refuse("SERVFAIL"))
    for _ in range(2):
        assert rcode(server.query("www.example.org")) == "SERVFAIL"
    assert asked(fake) == 1


def test_servfail_may_be_switched_off(cached):
    server, fake = cached("{\n servfail 0\n}", lambda query: Refuse("SERVFAIL"))
    for n in 1, 2:
        server.query("www.example.org")
        assert asked(fake) == n


def test_disable_and_zones(cached):
    server, fake = cached("example.org example.net {\n disable success sub.example.org\n}")
    for name, count in (
        ("www.example.org.", 1),
        ("a.sub.example.org.", 2),
        ("www.example.net.", 1),
        ("www.example.com.", 2),
    ):
        server.query(name)
        server.query(name)
        assert asked(fake, name) == count, name


def test_over_tcp_and_large(cached):
    addresses = [f"10.0.{n // 250}.{n % 250}" for n in range(700)]
    server, fake = cached("", lambda query: Answer(*addresses))
    first = server.query("many.example.org", tcp=True)
    second = server.query("many.example.org", tcp=True)
    assert len(texts(second)) == 700
    assert sorted(texts(first)) == sorted(texts(second))
    assert asked(fake) == 1
    # Over UDP the same entry is cut to what the client accepts.
    cut = server.query("many.example.org")
    assert is_set(cut, "TC")
    assert asked(fake) == 1


def test_ad_is_for_those_who_ask(cached):
    server, fake = cached("", lambda query: Answer("192.0.2.1", flags=("AD",)))
    plain = server.query("www.example.org")
    again = server.query("www.example.org")
    asking = server.query("www.example.org", flags=dns.flags.RD | dns.flags.AD)
    assert not is_set(plain, "AD") and not is_set(again, "AD")
    assert is_set(asking, "AD")
    assert asked(fake) == 1
    assert is_set(fake.queries[0].message, "AD")


def test_ttl_counts_down_unless_kept(cached):
    def behave(query):
        return Answer("192.0.2.1", ttl=10)

    server, fake = cached("", behave)
    server.query("www.example.org")
    eventually(lambda: ttls(server.query("www.example.org")) == {9})
    assert asked(fake) == 1


def test_keepttl(cached):
    server, fake = cached("{\n keepttl\n}", lambda query: Answer("192.0.2.1", ttl=10))
    server.query("www.example.org")
    time.sleep(1.2)
    assert ttls(server.query("www.example.org")) == {10}
    assert asked(fake) == 1


# ---- answers that are over ----

SHORT = " success 1024 1 0\n denial 1024 1 0\n"


def expire(server, name="www.example.org"):
    """Asks once and waits until the answer's second is over."""
    server.query(name)
    time.sleep(1.1)


def test_expired_is_asked_again(cached):
    server, fake = cached("{\n" + SHORT + "}")
    expire(server)
    server.query("www.example.org")
    assert asked(fake) == 2


def test_stale_at_once_and_renewed_in_the_background(cached):
    server, fake = cached("{\n" + SHORT + " serve_stale 1h immediate 30s\n}")
    expire(server)
    fake.behave = lambda query: Answer("192.0.2.2")
    reply = server.query("www.example.org")
    assert texts(reply) == ["192.0.2.1"] and ttls(reply) == {30}
    # What is truncated could not be kept.
    assert [query.transport for query in fake.wait_queries(2)] == ["udp", "tcp"]
    eventually(lambda: texts(server.query("www.example.org")) == ["192.0.2.2"])


def test_one_renewal_at_a_time(cached):
    server, fake = cached("{\n" + SHORT + " serve_stale\n}")
    expire(server)
    go = threading.Event()
    fake.behave = lambda query: Hold(go, Answer("192.0.2.2"))
    for _ in range(5):
        reply = server.query("www.example.org")
        assert texts(reply) == ["192.0.2.1"] and ttls(reply) == {0}
    fake.wait_queries(2)
    assert asked(fake) == 2
    go.set()
    eventually(lambda: texts(server.query("www.example.org")) == ["192.0.2.2"])


def test_failure_recheck(cached):
    server, fake = cached("{\n" + SHORT + " serve_stale 1h immediate 0 5m\n}")
    expire(server)
    fake.behave = lambda query: Refuse("SERVFAIL")
    server.query("www.example.org")
    fake.wait_queries(2)
    time.sleep(0.3)
    for _ in range(3):
        assert texts(server.query("www.example.org")) == ["192.0.2.1"]
    assert asked(fake) == 2


def test_verify_prefers_what_upstream_says(cached):
    server, fake = cached("{\n" + SHORT + " serve_stale 1h verify\n}")
    expire(server)
    fake.behave = lambda query: Answer("192.0.2.2")
    assert texts(server.query("www.example.org")) == ["192.0.2.2"]
    assert asked(fake) == 2


@pytest.mark.parametrize("behave", [lambda q: Refuse("SERVFAIL"), lambda q: Drop()], ids=["servfail", "silent"])
def test_verify_falls_back_to_stale(cached, behave):
    server, fake = cached("{\n" + SHORT + " serve_stale 1h verify\n}", patience="2s")
    expire(server)
    fake.behave = behave
    reply = server.query("www.example.org", seconds=10)
    assert texts(reply) == ["192.0.2.1"] and ttls(reply) == {0}


def test_verify_with_a_limit_of_time(cached):
    server, fake = cached("{\n" + SHORT + " serve_stale 1h verify 100ms 7s\n}")
    expire(server)
    go = threading.Event()
    fake.behave = lambda query: Hold(go, Answer("192.0.2.2"))
    reply = server.query("www.example.org")
    assert texts(reply) == ["192.0.2.1"] and ttls(reply) == {7}
    go.set()
    eventually(lambda: texts(server.query("www.example.org")) == ["192.0.2.2"])


def test_verify_in_time(cached):
    server, fake = cached("{\n" + SHORT + " serve_stale 1h verify 10s\n}")
    expire(server)
    fake.behave = lambda query: Answer("192.0.2.2")
    assert texts(server.query("www.example.org")) == ["192.0.2.2"]


def test_a_denial_takes_the_place_of_a_stale_answer(cached):
    server, fake = cached("{\n" + SHORT + " serve_stale 1h verify\n}")
    expire(server)
    fake.behave = lambda query: negative(query)
    assert rcode(server.query("www.example.org")) == "NXDOMAIN"


def test_prefer_positive(cached):
    options = "{\n" + SHORT + " serve_stale 1h verify\n serve_stale_policy prefer_positive\n}"
    server, fake = cached(options)
    expire(server)
    fake.behave = lambda query: negative(query)
    for _ in range(2):
        assert texts(server.query("www.example.org")) == ["192.0.2.1"]
    fake.behave = lambda query: Answer("192.0.2.2")
    assert texts(server.query("www.example.org")) == ["192.0.2.2"]


def test_prefetch(cached):
    server, fake = cached("{\n success 1024 10 0\n prefetch 2 1m 90%\n}", lambda q: Answer("192.0.2.1", ttl=10))
    for _ in range(3):
        server.query("www.example.org")
    assert asked(fake) == 1
    time.sleep(1.1)
    assert ttls(server.query("www.example.org")) <= {9, 8}
    fake.wait_queries(2)
    eventually(lambda: ttls(server.query("www.example.org")) <= {10, 9})


@pytest.mark.threads
def test_many_clients_one_cache(cached):
    server, fake = cached("", lambda query: Answer("192.0.2.1", "192.0.2.2"))
    failures = []

    def client(number):
        try:
            for i in range(200):
                reply = server.query(f"n{(i * 7 + number) % 20}.example.org")
                if texts(reply) != ["192.0.2.1", "192.0.2.2"]:
                    failures.append(reply)
        except Exception as failure:  # noqa: BLE001
            failures.append(failure)

    clients = [threading.Thread(target=client, args=(n,)) for n in range(4)]
    for thread in clients:
        thread.start()
    for thread in clients:
        thread.join()
    assert not failures
    assert asked(fake) < 100
