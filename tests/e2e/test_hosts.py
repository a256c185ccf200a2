"""hosts: answers from a file and from the Corefile."""

import os
import signal
import time

import dns.flags
import dns.rdatatype
import pytest

from harness.client import is_set, rcode, texts

NAMES = """\
# a comment
10.0.0.1   a.test  alias.test   # and another
10.0.0.2   a.test
2001:db8::1 a.test
10.0.0.3   *.w.test
10.0.0.4   own.w.test
::ffff:10.0.0.5 mapped.test
fe80::1%lo scoped.test
this is nothing
"""

PLAIN = ".:@PORT@ {\n hosts names\n}\n"
THROUGH = ".:@PORT@ {\n hosts names %s{\n  fallthrough %s\n }\n whoami\n}\n"


def wait_until(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "nothing changed"
        time.sleep(0.02)


def touch(path, text):
    """Replaces a file as an editor does, with another time in any case."""
    before = path.stat().st_mtime_ns if path.exists() else 0
    scratch = path.with_suffix(".new")
    scratch.write_text(text)
    os.utime(scratch, ns=(before + 10**9, before + 10**9))
    scratch.rename(path)


@pytest.mark.parametrize("tcp", [False, True])
@pytest.mark.parametrize(
    "name, rdtype, wanted",
    [
        ("a.test", "A", ["10.0.0.1", "10.0.0.2"]),
        ("A.TEST", "A", ["10.0.0.1", "10.0.0.2"]),
        ("a.test", "AAAA", ["2001:db8::1"]),
        ("alias.test", "A", ["10.0.0.1"]),
        ("alias.test", "AAAA", []),
        ("a.test", "TXT", []),
        ("a.test", "ANY", []),
        ("x.w.test", "A", ["10.0.0.3"]),
        ("own.w.test", "A", ["10.0.0.4"]),
        ("mapped.test", "A", ["10.0.0.5"]),
        ("scoped.test", "AAAA", ["fe80::1"]),
        ("1.0.0.10.in-addr.arpa", "PTR", ["a.test.", "alias.test."]),
        ("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "PTR",
         ["a.test."]),
    ],
)
def test_answers(serve, name, rdtype, wanted, tcp):
    server = serve(PLAIN, files={"names": NAMES})
    reply = server.query(name, rdtype, tcp=tcp)
    assert rcode(reply) == "NOERROR"
    assert is_set(reply, "AA")
    assert texts(reply, rdtype) == wanted
    assert all(rrset.ttl == 3600 for rrset in reply.answer)
    assert all(rrset.name.to_text() == f"{name}." for rrset in reply.answer)


@pytest.mark.parametrize(
    "name, rdtype",
    [
        ("b.test", "A"),
        ("test", "A"),
        (".", "A"),
        ("w.test", "A"),
        ("x.y.w.test", "A"),
        ("3.0.0.10.in-addr.arpa", "PTR"),
        ("77.0.0.10.in-addr.arpa", "PTR"),
        ("a.test", "PTR"),
        ("1.0.0.10.in-addr.arpa", "A"),
    ],
)
def test_unknown(serve, name, rdtype):
    reply = serve(PLAIN, files={"names": NAMES}).query(name, rdtype)
    assert rcode(reply) == "SERVFAIL"
    assert not reply.answer and not reply.authority


def test_order_of_addresses(serve):
    lines = "\n  ".join(f"10.1.0.{n} many.test" for n in (9, 3, 7))
    server = serve(
        f".:@PORT@ {{\n hosts names {{\n  {lines}\n }}\n}}\n",
        files={"names": "10.0.0.8 many.test\n10.0.0.1 many.test\n10.0.0.8 many.test\n"},
    )
    answer = server.query("many.test").answer[0]
    assert [rdata.address for rdata in answer] == [
        "10.0.0.8", "10.0.0.1", "10.1.0.9", "10.1.0.3", "10.1.0.7",
    ]


def test_options(serve):
    server = serve(
        ".:@PORT@ {\n hosts names {\n  ttl 7\n  no_reverse\n  10.0.0.9 b.test\n }\n}\n",
        files={"names": NAMES},
    )
    assert server.query("a.test").answer[0].ttl == 7
    assert texts(server.query("b.test")) == ["10.0.0.9"]
    assert rcode(server.query("1.0.0.10.in-addr.arpa", "PTR")) == "SERVFAIL"


@pytest.mark.parametrize(
    "zones, through, name, rdtype, outcome",
    [
        # hosts' zones, fallthrough's, and what becomes of a query
        ("", "", "b.test", "A", "next"),
        ("", "", "a.test", "A", "here"),
        ("", "", "a.test", "MX", "here"),
        ("", "", "77.0.0.10.in-addr.arpa", "PTR", "next"),
        ("", "other", "b.test", "A", "fail"),
        ("", "other", "b.other", "A", "next"),
        ("", "test other", "b.test", "A", "next"),
        ("test ", "other", "b.other", "A", "next"),
        ("test ", "other", "b.test", "A", "fail"),
        ("other ", "", "a.test", "A", "next"),
        ("test ", "", "a.test", "A", "here"),
        # PTR records are answered whatever the zones, unless their names were left out.
        ("test ", "other", "1.0.0.10.in-addr.arpa", "PTR", "here"),
        ("other ", "other", "1.0.0.10.in-addr.arpa", "PTR", "next"),
        ("test ", "other", "77.0.0.10.in-addr.arpa", "PTR", "next"),
    ],
)
def test_fallthrough(serve, zones, through, name, rdtype, outcome):
    server = serve(THROUGH % (zones, through), files={"names": NAMES})
    reply = server.query(name, rdtype)
    if outcome == "fail":
        assert rcode(reply) == "SERVFAIL"
    else:
        assert rcode(reply) == "NOERROR"
        assert bool(reply.additional) == (outcome == "next")


@pytest.mark.parametrize(
    "through, name, rdtype, asked",
    [
        ("", "a.test", "MX", True),
        ("", "a.test", "A", False),
        ("", "alias.test", "AAAA", False),
        ("", "b.test", "MX", True),
        ("other", "a.test", "MX", False),
        ("test", "a.test", "MX", True),
    ],
)
def test_fallthrough_unsupported(serve, through, name, rdtype, asked):
    corefile = THROUGH.replace("fallthrough %s", "fallthrough %s\n  fallthrough_unsupported")
    server = serve(corefile % ("", through), files={"names": NAMES})
    assert bool(server.query(name, rdtype).additional) == asked


def test_zones_leave_names_out(serve):
    server = serve(
        ".:@PORT@ {\n hosts names one {\n  fallthrough\n }\n}\n",
        files={"names": "10.0.0.1 a.one a.two\n"},
    )
    assert texts(server.query("a.one")) == ["10.0.0.1"]
    assert rcode(server.query("a.two")) == "SERVFAIL"
    assert texts(server.query("1.0.0.10.in-addr.arpa", "PTR"), "PTR") == ["a.one."]


def test_case_of_the_question_is_kept(serve):
    reply = serve(PLAIN, files={"names": NAMES}).query("a.TeSt")
    assert reply.question[0].name.to_text() == "a.TeSt."


def test_bad_lines_are_told(serve):
    server = serve(PLAIN, files={"names": NAMES})
    server.wait_output(r"^\[WARNING\] plugin/hosts: .*1 entries make no sense.* line 9$")


def test_many_names_of_one_address(serve):
    names = "".join(f"0.0.0.0 ads{n}.example.test\n" for n in range(5000))
    server = serve(PLAIN, files={"names": names})
    reply = server.query("0.0.0.0.in-addr.arpa", "PTR", tcp=True)
    assert is_set(reply, "TC")
    assert len(texts(reply, "PTR")) > 1000
    reply = server.query("0.0.0.0.in-addr.arpa", "PTR")
    assert is_set(reply, "TC")
    assert texts(server.query("ads4999.example.test")) == ["0.0.0.0"]


# ---- reloading ----


RELOAD = ".:@PORT@ {\n hosts names {\n  10.5.5.5 inline.test\n  reload %s\n }\n}\n"


def first(server, name="a.test"):
    reply = server.query(name)
    return texts(reply)[0] if reply.answer else rcode(reply)


@pytest.mark.threads
def test_reload_by_time(serve):
    server = serve(RELOAD % "20ms", files={"names": NAMES})
    for n in range(2, 6):
        touch(server.folder / "names", f"10.0.1.{n} a.test\n")
        wait_until(lambda: first(server) == f"10.0.1.{n}")
    assert first(server, "inline.test") == "10.5.5.5"
    assert first(server, "x.w.test") == "SERVFAIL"


def test_file_that_goes_and_comes(serve):
    server = serve(RELOAD % "20ms", files={"names": NAMES})
    (server.folder / "names").unlink()
    server.wait_output(r"\[WARNING\] plugin/hosts: File does not exist: names")
    assert first(server) == "10.0.0.1"  # what was read before stays
    touch(server.folder / "names", "10.0.1.9 a.test\n")
    wait_until(lambda: first(server) == "10.0.1.9")


def test_file_that_comes_later(serve):
    server = serve(RELOAD % "20ms")
    assert "[WARNING] plugin/hosts: File does not exist: names" in server.output
    assert first(server) == "SERVFAIL"
    assert first(server, "inline.test") == "10.5.5.5"
    touch(server.folder / "names", NAMES)
    wait_until(lambda: first(server) == "10.0.0.1")


def test_folder_instead_of_a_file(serve):
    server = serve(".:@PORT@ {\n hosts / {\n  10.5.5.5 inline.test\n }\n}\n")
    assert "is a directory" in server.output
    assert first(server, "inline.test") == "10.5.5.5"


def test_no_reload_without_signal(serve):
    server = serve(RELOAD % "0s", files={"names": NAMES})
    touch(server.folder / "names", "10.0.1.2 a.test\n")
    assert first(server) == "10.0.0.1"
    server.signal(signal.SIGHUP)
    wait_until(lambda: first(server) == "10.0.1.2")
    assert first(server, "inline.test") == "10.5.5.5"


@pytest.mark.threads
def test_queries_during_reloads(serve):
    """Every answer is from one of the versions of the file, whole."""
    versions = [f"10.0.{n}.1 a.test\n10.0.{n}.2 a.test\n" for n in range(8)]
    server = serve(RELOAD % "1ms", files={"names": versions[0]})
    wanted = [[f"10.0.{n}.1", f"10.0.{n}.2"] for n in range(8)]
    seen = set()
    for n in list(range(1, 8)) * 3:
        touch(server.folder / "names", versions[n])
        for _ in range(20):
            got = texts(server.query("a.test"))
            assert got in wanted
            seen.add(got[0])
    assert len(seen) > 1


def test_default_file(serve):
    server = serve(".:@PORT@ {\n hosts {\n  10.5.5.5 inline.test\n }\n}\n")
    assert first(server, "inline.test") == "10.5.5.5"
    with open("/etc/hosts", encoding="utf-8", errors="replace") as file:
        local = any(line.split()[:1] == ["127.0.0.1"] and "localhost" in line.split()
                    for line in file)
    if local:
        assert "127.0.0.1" in texts(server.query("localhost"))


def test_flags(serve):
    reply = serve(PLAIN, files={"names": NAMES}).query("a.test", flags=dns.flags.RD | dns.flags.CD)
    assert is_set(reply, "RD") and is_set(reply, "CD") and not is_set(reply, "RA")
    assert reply.question[0].rdtype == dns.rdatatype.A
