"""The file plugin: zones from master files, asked over the network."""

import os
import signal
import threading

import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import pytest

from harness.client import is_set, rcode, texts

ZONE = """\
$TTL 300
@        900 IN SOA ns1 hostmaster (
             1 7200 3600 86400 60 ) ; serial 1
@        900 IN NS  ns1
ns1          IN A    192.0.2.53
www          IN A    192.0.2.80
             IN AAAA 2001:db8::80
mail         IN A    192.0.2.25
@            IN MX   10 mail
alias        IN CNAME www
dangling     IN CNAME nothing
tosub        IN CNAME host.sub
toblock      IN CNAME www.block.harbour.test.
toother      IN CNAME www.other.test.
torefused    IN CNAME www.nowhere.test.
tofail       IN CNAME www.broken.test.
tostar       IN CNAME x.star
loop1        IN CNAME loop2.other.test.
old          IN DNAME new
pier.new     IN A    192.0.2.91
sub          IN NS   ns.sub
ns.sub       IN A    192.0.2.66
*.star       IN TXT  "a star"
deep.ent     IN A    192.0.2.92
$GENERATE 1-3 gen$ A 192.0.2.10$
odd          IN TYPE65280 \\# 3 010203
"""

OTHER = """\
$ORIGIN other.test.
@ 60 IN SOA ns root 5 2 3 4 5
@ 60 IN NS ns
www 60 IN A 198.51.100.1
loop2 60 IN CNAME loop1.harbour.test.
"""

HARBOUR = "harbour.test:@PORT@ {\n file db.harbour {\n  reload 0\n }\n}\n"


def names(section):
    return sorted(f"{rrset.name} {rrset.rdtype}" for rrset in section)


@pytest.fixture
def harbour(serve):
    return serve(
        HARBOUR
        + "other.test:@PORT@ {\n file db.other\n}\n"
        + "block.harbour.test:@PORT@ {\n whoami\n}\n"
        + "broken.test:@PORT@ {\n file missing\n}\n",
        files={"db.harbour": ZONE, "db.other": OTHER},
    )


def test_positive_answers(harbour):
    reply = harbour.query("wWw.harbour.test")
    assert rcode(reply) == "NOERROR" and is_set(reply, "AA") and not is_set(reply, "RA")
    assert texts(reply) == ["192.0.2.80"]
    assert texts(reply, "NS", "authority") == ["ns1.harbour.test."]
    assert texts(harbour.query("www.harbour.test", "AAAA"), "AAAA") == ["2001:db8::80"]
    assert texts(harbour.query("gen2.harbour.test")) == ["192.0.2.102"]
    assert texts(harbour.query("odd.harbour.test", "TYPE65280"), "TYPE65280") == [r"\# 3 010203"]
    reply = harbour.query("harbour.test", "MX")
    assert texts(reply, "MX") == ["10 mail.harbour.test."]
    assert texts(reply, "A", "additional") == ["192.0.2.25"]
    reply = harbour.query("harbour.test", "NS")
    assert texts(reply, "NS") == ["ns1.harbour.test."]
    assert not reply.authority and texts(reply, "A", "additional") == ["192.0.2.53"]
    reply = harbour.query("x.star.harbour.test", "TXT")
    assert texts(reply, "TXT") == ['"a star"']
    assert str(reply.answer[0].name) == "x.star.harbour.test."


def test_tcp_and_any(harbour):
    reply = harbour.query("www.harbour.test", "ANY", tcp=True)
    assert texts(reply) == ["192.0.2.80"] and texts(reply, "AAAA") == ["2001:db8::80"]


@pytest.mark.parametrize(
    "name, rdtype, code",
    [
        ("www.harbour.test", "TXT", "NOERROR"),
        ("harbour.test", "AAAA", "NOERROR"),
        ("ent.harbour.test", "A", "NOERROR"),
        ("no.harbour.test", "A", "NXDOMAIN"),
        ("a.b.no.harbour.test", "A", "NXDOMAIN"),
        ("x.star.harbour.test", "A", "NOERROR"),
    ],
)
def test_negative_answers(harbour, name, rdtype, code):
    reply = harbour.query(name, rdtype)
    assert rcode(reply) == code and is_set(reply, "AA") and not reply.answer
    (soa,) = reply.authority
    assert soa.rdtype == dns.rdatatype.SOA and soa.ttl == 900 and soa[0].minimum == 60


def test_delegation(harbour):
    reply = harbour.query("a.b.sub.harbour.test")
    assert rcode(reply) == "NOERROR" and not is_set(reply, "AA") and not reply.answer
    assert names(reply.authority) == ["sub.harbour.test. 2"]
    assert texts(reply, "A", "additional") == ["192.0.2.66"]
    reply = harbour.query("sub.harbour.test", "DS")
    assert is_set(reply, "AA") and names(reply.authority) == ["harbour.test. 6"]


def chain(reply):
    return [f"{rrset.name} {rrset.rdtype}" for rrset in reply.answer]


@pytest.mark.parametrize(
    "name, rdtype, code, answer, authority",
    [
        ("alias", "A", "NOERROR", ["alias 5", "www 1"], "NS"),
        ("alias", "TXT", "NOERROR", ["alias 5"], "SOA"),
        ("dangling", "A", "NXDOMAIN", ["dangling 5"], "SOA"),
        ("tostar", "TXT", "NOERROR", ["tostar 5", "x.star 16"], "NS"),
        ("tostar", "A", "NOERROR", ["tostar 5"], "SOA"),
        ("torefused", "A", "NOERROR", ["torefused 5"], "NS"),
        ("tofail", "A", "SERVFAIL", ["tofail 5"], "NS"),
        ("pier.old", "A", "NOERROR", ["old 39", "pier.old 5", "pier.new 1"], "NS"),
        ("none.old", "A", "NXDOMAIN", ["old 39", "none.old 5"], "SOA"),
    ],
)
def test_aliases(harbour, name, rdtype, code, answer, authority):
    reply = harbour.query(f"{name}.harbour.test", rdtype)
    assert rcode(reply) == code and is_set(reply, "AA")
    assert chain(reply) == [entry.replace(" ", ".harbour.test. ") for entry in answer]
    assert [str(rrset.name) for rrset in reply.authority] == ["harbour.test."]
    assert reply.authority[0].rdtype == dns.rdatatype.from_text(authority)


def test_alias_into_delegation(harbour):
    reply = harbour.query("tosub.harbour.test")
    assert is_set(reply, "AA") and chain(reply) == ["tosub.harbour.test. 5"]
    assert names(reply.authority) == ["sub.harbour.test. 2"]


def test_alias_into_other_zones(harbour):
    reply = harbour.query("toother.harbour.test")
    assert chain(reply) == ["toother.harbour.test. 5", "www.other.test. 1"]
    assert texts(reply) == ["198.51.100.1"]
    assert names(reply.authority) == ["harbour.test. 2"]
    # Whoami answers in the additional section, so this is a name without data.
    reply = harbour.query("toblock.harbour.test")
    assert chain(reply) == ["toblock.harbour.test. 5"] and rcode(reply) == "NOERROR"
    # The SOA is that of the zone without the record.
    reply = harbour.query("toother.harbour.test", "TXT")
    assert rcode(reply) == "NOERROR" and names(reply.authority) == ["other.test. 6"]


def test_circle_through_the_server_ends(harbour):
    reply = harbour.query("loop1.harbour.test")
    assert rcode(reply) == "SERVFAIL" and chain(reply)[0] == "loop1.harbour.test. 5"


def test_transfers_and_notifies(harbour):
    for rdtype in ("AXFR", "IXFR"):
        assert rcode(harbour.query("harbour.test", rdtype, tcp=rdtype == "AXFR")) == "REFUSED"
    notify = dns.message.make_query("harbour.test", "SOA")
    notify.set_opcode(dns.opcode.NOTIFY)
    assert harbour.raw_udp(notify.to_wire(), seconds=0.3) is None
    harbour.wait_output(r"\[INFO\] plugin/file: Dropping notify from 127.0.0.1 for harbour.test.")


def test_zone_that_is_not_loaded(harbour):
    assert rcode(harbour.query("www.broken.test")) == "SERVFAIL"
    harbour.wait_output(
        r'\[WARNING\] plugin/file: Failed to open "open missing: .*": trying again in 1m0s'
    )


# ---- several zones, several directives ----


def test_longest_zone_of_all_directives(serve):
    server = serve(
        ".:@PORT@ {\n root zones\n file db.t a.test b.test\n file db.sub sub.a.test {\n"
        "  fallthrough\n }\n}\n",
        files={
            "zones/db.t": "@ 5 IN SOA a b 1 2 3 4 5\n@ 5 IN NS ns\nwww 5 IN A 192.0.2.1\n",
            "zones/db.sub": "@ 5 IN SOA a b 1 2 3 4 5\n@ 5 IN NS ns\nwww 5 IN A 192.0.2.2\n",
        },
    )
    assert texts(server.query("www.a.test")) == ["192.0.2.1"]
    assert texts(server.query("www.b.test")) == ["192.0.2.1"]
    assert texts(server.query("www.sub.a.test")) == ["192.0.2.2"]
    assert rcode(server.query("no.a.test")) == "NXDOMAIN"
    # Nothing is there to fall through to; and no zone of the block has this name.
    assert rcode(server.query("no.sub.a.test")) == "SERVFAIL"
    assert rcode(server.query("www.c.test")) == "REFUSED"


def test_hundred_zones(serve):
    lines = "".join(f" file db z{i}.test s.z{i}.test\n" for i in range(100))
    server = serve(
        f".:@PORT@ {{\n{lines}}}\n",
        files={"db": "@ 5 IN SOA a b 1 2 3 4 5\n@ 5 IN NS ns\n* 5 IN A 192.0.2.1\n"},
    )
    for i in range(0, 100, 7):
        reply = server.query(f"x.s.z{i}.test")
        assert texts(reply) == ["192.0.2.1"] and names(reply.authority) == [f"s.z{i}.test. 2"]
        assert names(server.query(f"x.z{i}.test").authority) == [f"z{i}.test. 2"]
    assert rcode(server.query("x.z100.test")) == "REFUSED"


def test_fallthrough(serve):
    server = serve(
        "harbour.test:@PORT@ {\n file db.harbour {\n  fallthrough a.harbour.test star.harbour.test"
        " ent.harbour.test www.harbour.test\n }\n whoami\n}\n",
        files={"db.harbour": ZONE},
    )

    def fell(name, rdtype="A"):
        return server.query(name, rdtype).additional != []

    assert fell("a.harbour.test") and fell("x.a.harbour.test")
    assert not fell("b.harbour.test") and rcode(server.query("b.harbour.test")) == "NXDOMAIN"
    assert fell("ent.harbour.test")
    assert not fell("www.harbour.test", "TXT") and not fell("x.star.harbour.test")
    assert fell("other.www.harbour.test")


# ---- loading ----


@pytest.mark.parametrize(
    "zone, message",
    [
        (None, r"open db.harbour: .*No such file or directory"),
        ("@ 5 IN NS ns\n", r'file "db.harbour" has no SOA record for origin harbour.test.'),
        (
            "@ 5 IN SOA a b 1 2 3 4 5\nwww 5 IN A 192.0.2.256\n",
            r'failed to parse file "db.harbour" for origin harbour.test. with error db.harbour:2: ',
        ),
        ("other.test. 5 IN SOA a b 1 2 3 4 5\n", r"has no SOA record"),
    ],
)
def test_cannot_start(serve, zone, message):
    server = serve(HARBOUR, files={"db.harbour": zone} if zone else {}, wait=False)
    assert server.wait() != 0
    server.wait_output("Corefile:2: plugin/file: .*" + message)


def test_broken_file_is_an_error_also_with_reload(serve):
    server = serve(
        "harbour.test:@PORT@ {\n file db.harbour\n}\n", files={"db.harbour": "(\n"}, wait=False
    )
    assert server.wait() != 0
    server.wait_output("plugin/file: failed to parse file")


def test_warnings_name_file_and_line(serve):
    server = serve(
        HARBOUR,
        files={
            "db.harbour": ZONE + "www.other.test. 5 IN A 192.0.2.1\n$INCLUDE db.more\n",
            "db.more": "www 300 IN A 192.0.2.80\nwww 300 IN CNAME x\n",
        },
    )
    lines = ZONE.count("\n")
    server.wait_output(
        rf"\[WARNING\] plugin/file: db.harbour:{lines + 1}: zone harbour.test.: "
        r"ignoring A record of www.other.test.: the name is out of the zone"
    )
    server.wait_output(r"db.more:1: zone harbour.test.: ignoring a record of www.harbour.test. that")
    server.wait_output(r"db.more:2: zone harbour.test.: www.harbour.test. has a CNAME record and")


# ---- reloading ----

RELOAD = "harbour.test:@PORT@ {\n file db.harbour {\n  reload 50ms\n  %s\n }\n}\n"


def zone(serial, address):
    return f"@ 5 IN SOA a b {serial} 2 3 4 5\n@ 5 IN NS ns\nwww 5 IN A {address}\n"


def replace(server, text, name="db.harbour"):
    """As editors do: a new file takes the old one's name."""
    path = server.folder / (name + ".new")
    path.write_text(text)
    os.replace(path, server.folder / name)


def loaded(server, serial, count=1):
    server.wait_output(
        rf'Successfully reloaded zone "harbour.test." in "db.harbour" with {serial} SOA serial',
        count=count,
    )


def test_reload_by_serial(serve):
    server = serve(RELOAD % "", files={"db.harbour": zone(1, "192.0.2.1")})
    assert texts(server.query("www.harbour.test")) == ["192.0.2.1"]
    replace(server, zone(1, "192.0.2.2"))
    replace(server, zone(2, "192.0.2.3"))
    loaded(server, 2)
    assert texts(server.query("www.harbour.test")) == ["192.0.2.3"]
    # Broken, then gone: the old zone stays.
    replace(server, zone(3, "nonsense"))
    server.wait_output(r'\[ERROR\] plugin/file: Parsing zone "harbour.test.": failed to parse')
    assert texts(server.query("www.harbour.test")) == ["192.0.2.3"]
    (server.folder / "db.harbour").unlink()
    server.wait_output(r'\[ERROR\] plugin/file: Failed to open zone "harbour.test." in "db.harbour"')
    assert texts(server.query("www.harbour.test")) == ["192.0.2.3"]
    replace(server, zone(4, "192.0.2.4"))
    loaded(server, 4)
    assert texts(server.query("www.harbour.test")) == ["192.0.2.4"]


def test_the_same_serial_is_no_news(serve):
    corefile = RELOAD % "" + (RELOAD % "").replace("harbour", "pier")
    server = serve(
        corefile,
        files={"db.harbour": zone(1, "192.0.2.1"), "db.pier": zone(1, "192.0.2.1")},
    )
    replace(server, zone(1, "192.0.2.2"))
    # Both are looked at every 50 ms: after three turns of the other one it has had its own.
    for serial in (2, 3, 4):
        replace(server, zone(serial, "192.0.2.3"), "db.pier")
        server.wait_output(rf'zone "pier.test." in "db.pier" with {serial} SOA serial')
    assert texts(server.query("www.harbour.test")) == ["192.0.2.1"]
    assert 'Successfully reloaded zone "harbour.test."' not in server.output


def test_file_that_comes_later(serve):
    server = serve(RELOAD % "")
    assert rcode(server.query("www.harbour.test")) == "SERVFAIL"
    replace(server, zone(1, "192.0.2.1"))
    loaded(server, 1)
    assert texts(server.query("www.harbour.test")) == ["192.0.2.1"]


def test_serial_in_an_included_file(serve):
    body = "@ 5 IN NS ns\nwww 5 IN A 192.0.2.1\n"
    server = serve(
        RELOAD % "",
        files={"db.harbour": "$INCLUDE db.soa\n" + body, "db.soa": "@ 5 IN SOA a b 1 2 3 4 5\n"},
    )
    replace(server, "@ 5 IN SOA a b 2 2 3 4 5\n", "db.soa")
    loaded(server, 2)


def test_broken_include_is_tried_again(serve):
    server = serve(RELOAD % "", files={"db.more": "www 5 IN A nonsense\n"})
    replace(server, "@ 5 IN SOA a b 9 2 3 4 5\n@ 5 IN NS ns\n$INCLUDE db.more\n")
    server.wait_output(r"Parsing zone .* db.more:1: ", count=2)
    replace(server, "www 5 IN A 192.0.2.9\n", "db.more")
    loaded(server, 9)
    assert texts(server.query("www.harbour.test")) == ["192.0.2.9"]


def test_reload_by_mtime(serve):
    server = serve(RELOAD % "reload_by_mtime", files={"db.harbour": zone(1, "192.0.2.1")})
    replace(server, zone(1, "192.0.2.2"))
    loaded(server, 1)
    assert texts(server.query("www.harbour.test")) == ["192.0.2.2"]


def test_hangup_reads_at_once(serve):
    server = serve(HARBOUR, files={"db.harbour": zone(1, "192.0.2.1")})
    replace(server, zone(1, "192.0.2.2"))
    server.signal(signal.SIGHUP)
    loaded(server, 1)
    assert texts(server.query("www.harbour.test")) == ["192.0.2.2"]
    replace(server, "(")
    server.signal(signal.SIGHUP)
    server.wait_output("Parsing zone")
    assert texts(server.query("www.harbour.test")) == ["192.0.2.2"]


@pytest.mark.threads
def test_reload_under_load(serve):
    """Every answer is from one version of the zone: all its records carry the serial."""

    def version(serial):
        hosts = "".join(f"h{i} 5 IN TXT v{serial}\n" for i in range(300))
        return f"@ 5 IN SOA a b {serial} 2 3 4 5\n@ 5 IN NS ns\n{hosts}al 5 IN CNAME h7\n"

    server = serve(RELOAD % "", files={"db.harbour": version(1)})
    stop = threading.Event()
    faults = []

    def load(offset):
        i = offset
        while not stop.is_set() and not faults:
            name = "al" if i % 5 == 0 else f"h{i % 300}"
            i += 7
            reply = server.query(f"{name}.harbour.test", "TXT")
            if rcode(reply) != "NOERROR" or len(texts(reply, "TXT")) != 1:
                faults.append(reply.to_text())

    threads = [threading.Thread(target=load, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for serial in range(2, 12):
        replace(server, version(serial))
        server.signal(signal.SIGHUP)
        loaded(server, serial)
    stop.set()
    for thread in threads:
        thread.join()
    assert not faults, faults[0]
    assert texts(server.query("h1.harbour.test", "TXT"), "TXT") == ['"v11"']
