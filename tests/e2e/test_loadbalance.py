"""The loadbalance plugin: orders of answers, and the weight file's life."""

import collections
import signal

import dns.rdatatype
import pytest
from harness.upstream import Answer

ADDRESSES = ["10.1.0.1", "10.2.0.2", "10.3.0.3"]

COREFILE = """example.org:@PORT@ {
    %s
    file db
}
"""

ZONE = """$TTL 60
@ IN SOA ns.example.org. mail.example.org. 1 3600 600 86400 60
@ IN NS ns.example.org.
ns IN A 192.0.2.53
www IN A 10.1.0.1
www IN A 10.2.0.2
www IN A 10.3.0.3
six IN AAAA 2001:db8::1
six IN AAAA 2001:db8::2
mail IN MX 10 a.example.org.
mail IN MX 10 b.example.org.
alias IN CNAME www.example.org.
txt IN TXT one
txt IN TXT two
"""


@pytest.fixture
def balanced(serve):
    def start(directive, **files):
        return serve(COREFILE % directive, files={"db": ZONE, **files})

    return start


def texts(reply, rdtype="A"):
    """Data of the records of this type in the answer, in order."""
    kind = dns.rdatatype.from_text(rdtype)
    return [rr.to_text() for rrset in reply.answer if rrset.rdtype == kind for rr in rrset]


def orders(server, name, rdtype="A", n=60):
    seen = collections.Counter()
    for _ in range(n):
        seen[tuple(texts(server.query(name, rdtype), rdtype))] += 1
    return seen


def test_round_robin_gives_every_order(balanced):
    server = balanced("loadbalance")
    seen = orders(server, "www.example.org", n=200)
    assert len(seen) == 6
    assert all(sorted(order) == ADDRESSES for order in seen)
    assert len(orders(server, "six.example.org", "AAAA")) == 2
    assert len(orders(server, "mail.example.org", "MX")) == 2


def test_other_types_keep_their_order(balanced):
    server = balanced("loadbalance")
    assert len(orders(server, "txt.example.org", "TXT", 20)) == 1


def test_alias_comes_first(balanced):
    server = balanced("loadbalance")
    for _ in range(20):
        answer = server.query("alias.example.org").answer
        assert answer[0].rdtype == dns.rdatatype.CNAME
        assert sorted(rr.address for rr in answer[1]) == ADDRESSES


def test_prefer(balanced):
    server = balanced("loadbalance {\n prefer 10.3.0.0/16 10.2.0.0/16\n}")
    assert set(orders(server, "www.example.org", n=30)) == {("10.3.0.3", "10.2.0.2", "10.1.0.1")}


def test_through_the_cache_each_hit_is_shuffled(serve, upstream):
    fake = upstream("upstream")
    fake.behave = lambda query: Answer(*ADDRESSES)
    server = serve(""".:@PORT@ {
    loadbalance
    cache
    forward . 127.0.0.1:@PORT:upstream@ {
        max_fails 0
        read_timeout 20s
    }
}
""")
    assert len(orders(server, "www.example.org", n=100)) == 6
    assert len([query for query in fake.queries if query.name != "."]) == 1


def first(server, n=80):
    return collections.Counter(
        texts(server.query("www.example.org"))[0] for _ in range(n)
    )


def test_weights(balanced):
    weights = "www.example.org\n10.1.0.1 200\n10.2.0.2 1\n10.3.0.3 50\n"
    seen = first(balanced("loadbalance weighted w", w=weights), 200)
    assert seen["10.1.0.1"] > seen["10.3.0.3"] > seen["10.2.0.2"]
    assert seen["10.1.0.1"] > 120


def test_weight_file_is_read_again(balanced):
    server = balanced("loadbalance weighted w {\n reload 100ms\n}", w="www.example.org\n10.1.0.1 255\n")
    assert first(server)["10.1.0.1"] > 60
    place = server.folder / "w"
    place.write_text("www.example.org\n10.2.0.2 255\n")
    server.wait_output("Successfully reloaded weight file", count=2)
    assert first(server)["10.2.0.2"] > 60
    place.write_text("www.example.org\n10.2.0.2 256\n")
    server.wait_output("wrong weight value")
    assert first(server)["10.2.0.2"] > 60


def test_sighup_reads_the_weight_file(balanced):
    server = balanced("loadbalance weighted w {\n reload 0s\n}", w="www.example.org\n10.1.0.1 255\n")
    (server.folder / "w").write_text("www.example.org\n10.3.0.3 255\n")
    server.signal(signal.SIGHUP)
    server.wait_output("Successfully reloaded weight file", count=2)
    assert first(server)["10.3.0.3"] > 60


def test_missing_weight_file_is_waited_for(balanced):
    server = balanced("loadbalance weighted w {\n reload 100ms\n}")
    server.wait_output("Failed to open weight file")
    assert len(first(server)) == 3
    (server.folder / "w").write_text("www.example.org\n10.3.0.3 255\n")
    server.wait_output("Successfully reloaded weight file")
    assert first(server)["10.3.0.3"] > 60


@pytest.mark.parametrize("directive", ["loadbalance weighted w {\n reload 0s\n}", "loadbalance weighted w"])
def test_no_start_without_weights(serve, directive):
    files = {"db": ZONE}
    if "reload" not in directive:
        files["w"] = "www.example.org\n10.1.0.1 0\n"
    server = serve(COREFILE % directive, files=files, wait=False)
    server.wait_output("plugin/loadbalance: (weight file open error|wrong weight value)")
    assert server.wait() != 0
