"""log: a line for each query."""

import re

import dns.flags
import dns.opcode
import dns.rdatatype
import pytest

from harness.upstream import Answer, Drop

HOSTS = """
    hosts none {
        10.0.0.1 a.test
        ::1 six.test
    }
"""
COMMON = re.compile(
    r'^\[INFO\] 127\.0\.0\.1:(?P<port>\d+) - (?P<id>\d+) '
    r'"(?P<type>\S+) (?P<class>\S+) (?P<name>\S+) (?P<proto>\S+) (?P<size>\d+) (?P<do>\S+) '
    r'(?P<bufsize>\d+)" (?P<rcode>\S+) (?P<rflags>\S+) (?P<rsize>\d+) (?P<duration>[\d.]+)s$'
)


def logged(server, pattern=r"^\[INFO\] .*$", count=1):
    return [m.group(0).rstrip("\n") for m in server.wait_output(pattern, count=count)]


def line_of(serve, form, name="a.test", rdtype="A", config=HOSTS, **options):
    """What the format makes of one query."""
    server = serve(f'.:@PORT@ {{\n log . "<{form}>"\n{config}}}\n')
    server.query(name, rdtype, **options)
    return logged(server, r"^\[INFO\] <.*>$")[0][len("[INFO] <"):-1]


def test_common(serve):
    server = serve(f".:@PORT@ {{\n log\n{HOSTS}}}\n")
    message = server.make("a.test", edns=4096, id=4711)
    server.ask(message)
    got = COMMON.match(logged(server)[0]).groupdict()
    assert 0 < int(got.pop("port")) < 65536
    assert 0 < float(got.pop("duration")) < 10
    assert got == {
        "id": "4711", "type": "A", "class": "IN", "name": "a.test.", "proto": "udp",
        "size": str(len(message.to_wire())), "do": "false", "bufsize": "4096",
        "rcode": "NOERROR", "rflags": "qr,aa,rd",
        # header, question, and a record whose owner is written out
        "rsize": str(12 + 8 + 4 + 8 + 10 + 4),
    }


@pytest.mark.parametrize(
    "form, options, pattern",
    [
        ("{type}", {}, "A"),
        ("{type}", {"rdtype": "TYPE65280"}, "TYPE65280"),
        ("{name}", {"name": "A.Test"}, r"a\.test\."),
        ("{name}", {"name": "."}, r"\."),
        ("{class}", {}, "IN"),
        ("{proto}", {}, "udp"),
        ("{proto}", {"tcp": True}, "tcp"),
        ("{remote}", {}, r"127\.0\.0\.1"),
        ("{local}", {}, r"127\.0\.0\.1"),
        ("{local}", {"address": "127.0.0.9"}, r"127\.0\.0\.9"),
        ("{port}", {}, r"\d+"),
        ("{size}", {}, "24"),
        ("{size}", {"edns": 1232}, "35"),
        ("{duration}", {}, r"0\.\d{1,9}s"),
        ("{rcode}", {}, "NOERROR"),
        ("{rcode}", {"name": "b.test"}, "SERVFAIL"),
        ("{rsize}", {"name": "b.test"}, "24"),
        ("{>rflags}", {}, "qr,aa,rd"),
        ("{>rflags}", {"flags": 0}, "qr,aa"),
        ("{>rflags}", {"flags": dns.flags.RD | dns.flags.CD}, "qr,aa,rd,cd"),
        ("{>bufsize}", {}, "512"),
        ("{>bufsize}", {"edns": 1400}, "1400"),
        ("{>bufsize}", {"edns": 100}, "512"),
        ("{>bufsize}", {"tcp": True}, "65535"),
        ("{>do}", {}, "false"),
        ("{>do}", {"do": True}, "true"),
        ("{>id}", {"id": 99}, "99"),
        ("{>opcode}", {}, "0"),
        ("{/log/class}", {}, "success"),
        ("{/log/class}", {"name": "b.test"}, "error"),
        ("{/log/type}", {}, "NOERROR"),
        ("{/log/type}", {"name": "b.test"}, "SERVERERROR"),
        ("{/no/such}", {}, "-"),
        ("x {nothing} y", {}, r"x \{nothing\} y"),
    ],
)
def test_placeholder(serve, form, options, pattern):
    assert re.fullmatch(pattern, line_of(serve, form, **options))


@pytest.mark.ipv6
def test_ipv6(serve):
    assert line_of(serve, "{remote} {local}", address="::1") == "[::1] [::1]"


def test_combined(serve):
    server = serve(f".:@PORT@ {{\n log . {{combined}}\n{HOSTS}}}\n")
    server.query("a.test")
    line = logged(server)[0]
    assert line.endswith('s "0"')
    assert COMMON.match(line[: -len(' "0"')])


def test_truncated_answer(serve):
    lines = "\n".join(f"10.1.0.{n} many.test" for n in range(60))
    config = f" hosts none {{\n{lines}\n }}\n"
    assert line_of(serve, "{>rflags} {rsize}", "many.test", config=config) == (
        f"qr,aa,tc,rd {12 + 11 + 4 + 60 * (11 + 14)}"
    )


def test_notify_is_meta(serve):
    server = serve(f'.:@PORT@ {{\n log . "{{>opcode}} {{/log/type}}"\n{HOSTS}}}\n')
    message = server.make("a.test", "SOA")
    message.set_opcode(dns.opcode.NOTIFY)
    server.ask(message)
    assert logged(server)[0] == "[INFO] 4 META"


@pytest.mark.parametrize("classes, wanted", [("error", [251, 252, 6]), ("success denial", [1])])
def test_transfers_and_notify_are_of_the_error_class(serve, upstream, classes, wanted):
    """Whatever the rcode says."""
    fake = upstream(behave=lambda query: Answer())
    server = serve(
        f'.:@PORT@ {{\n multisocket 1\n log . "<{{type}} {{rcode}}>" {{\n  class {classes}\n }}\n'
        " forward . 127.0.0.1:@PORT:upstream@\n}\n"
    )
    for rdtype in "A", "IXFR", "AXFR":
        server.query("a.test", rdtype)
    notify = server.make("a.test", "SOA")
    notify.set_opcode(dns.opcode.NOTIFY)
    server.ask(notify)
    server.stop()
    assert len(fake.queries) == 4
    assert re.findall(r"^\[INFO\] <(.*)>$", server.output, re.M) == [
        f"{dns.rdatatype.to_text(number)} NOERROR" for number in wanted
    ]


@pytest.mark.parametrize("qclass, text", [("ANY", "CLASS255"), ("CH", "CH"), ("NONE", "NONE"), ("CLASS7", "CLASS7")])
def test_classes(serve, upstream, qclass, text):
    upstream(behave=lambda query: Drop())
    server = serve(
        '.:@PORT@ {\n log . "<{class}>"\n forward . 127.0.0.1:@PORT:upstream@ {\n'
        "  read_timeout 100ms\n  max_connect_attempts 1\n }\n}\n"
    )
    server.query("a.test", rdclass=qclass)
    server.wait_output(f"<{text}>")


@pytest.mark.parametrize(
    "classes, wanted",
    [
        ("all", ["a.test.", "b.test."]),
        ("success", ["a.test."]),
        ("error", ["b.test."]),
        ("denial", []),
        ("success error", ["a.test.", "b.test."]),
        ("denial all", ["a.test.", "b.test."]),
    ],
)
def test_class(serve, classes, wanted):
    server = serve(
        f'.:@PORT@ {{\n multisocket 1\n log . "<{{name}}>" {{\n  class {classes}\n }}\n{HOSTS}}}\n'
    )
    for name in ("a.test", "b.test"):
        server.query(name)
    server.stop()
    assert re.findall(r"^\[INFO\] <(.*)>$", server.output, re.M) == wanted


def test_first_rule_decides(serve):
    server = serve(
        ".:@PORT@ {\n multisocket 1\n"
        ' log deep.a.test "<deep {name}>" {\n  class success\n }\n'
        ' log a.test x.test "<a {name}>"\n'
        f' log b.test {{\n  class success\n }}\n{HOSTS}}}\n'
    )
    for name in ("a.test", "www.a.test", "www.deep.a.test", "nota.test", "x.test", "b.test"):
        server.query(name)
    server.stop()
    assert re.findall(r"^\[INFO\] (<.*>)$", server.output, re.M) == [
        "<a a.test.>", "<a www.a.test.>", "<a x.test.>",
    ]


def test_order_and_number_of_lines(serve):
    server = serve(f'.:@PORT@ {{\n multisocket 1\n log . "<{{name}}>"\n{HOSTS}}}\n')
    names = [f"n{n}.test." for n in range(200)]
    for name in names:
        server.query(name)
    server.stop()
    assert re.findall(r"^\[INFO\] <(.*)>$", server.output, re.M) == names


@pytest.mark.threads
def test_lines_of_several_workers_do_not_mix(serve):
    server = serve(f".:@PORT@ {{\n multisocket 4\n log\n{HOSTS}}}\n")
    for n in range(200):
        server.query("a.test", tcp=n % 2 == 0)
    server.stop()
    lines = [line for line in server.output.splitlines() if " - " in line]
    assert len(lines) == 200
    assert all(COMMON.match(line) for line in lines)
