"""forward: health checks, and what is said about failures."""

import time

import dns.flags
import dns.rdatatype
import pytest

from harness.client import rcode, texts
from harness.upstream import Answer, Drop, Refuse, WrongId, WrongQuestion

TWO = "127.0.0.1:@PORT:first@ 127.0.0.1:@PORT:second@"
METRICS = " prometheus 127.0.0.1:@PORT:metrics@\n"
FAILURES = "coredns_proxy_healthcheck_failures_total"


def forward(options, to="127.0.0.1:@PORT:upstream@", more=""):
    return f".:@PORT@ {{\n errors\n{more} forward . {to} {{\n{options}\n }}\n}}\n"


def wait_until(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def checks(fake):
    return [query for query in fake.queries if query.question.rdtype == dns.rdatatype.NS]


def only_checks(query):
    """Leaves questions without an answer, and answers checks."""
    return Refuse("REFUSED") if query.question.rdtype == dns.rdatatype.NS else Drop()


@pytest.mark.parametrize(
    "options, name, flags, transport",
    [
        ("health_check 20ms", ".", dns.flags.RD, "udp"),
        ("health_check 20ms no_rec", ".", 0, "udp"),
        ("health_check 20ms domain Example.ORG", "example.org.", dns.flags.RD, "udp"),
        ("health_check 20ms domain example.org no_rec\n  force_tcp", "example.org.", 0, "tcp"),
    ],
)
def test_checks(serve, upstream, options, name, flags, transport):
    fake = upstream(behave=only_checks)
    server = serve(forward(f"  read_timeout 100ms\n  {options}"))
    assert rcode(server.query("example.org")) == "SERVFAIL"
    wait_until(lambda: checks(fake))
    check = checks(fake)[0]
    assert (check.name, check.message.flags, check.transport) == (name, flags, transport)
    assert check.message.edns == -1


def test_any_answer_is_healthy(serve, upstream):
    """After it the upstream is left alone until a question fails again."""
    fake = upstream(behave=only_checks)
    server = serve(forward("  read_timeout 100ms\n  health_check 10ms\n  max_connect_attempts 1"))
    assert rcode(server.query("a.test")) == "SERVFAIL"
    wait_until(lambda: len(checks(fake)) == 1)
    fake.behave = lambda query: Answer("192.0.2.1")
    for i in range(10):
        assert texts(server.query(f"n{i}.test")) == ["192.0.2.1"]
        time.sleep(0.01)
    assert len(checks(fake)) == 1


def test_no_checks_without_max_fails(serve, upstream):
    fake = upstream(behave=only_checks)
    server = serve(forward("  read_timeout 50ms\n  health_check 10ms\n  max_fails 0"))
    for i in range(5):
        assert rcode(server.query(f"n{i}.test")) == "SERVFAIL"
    assert not checks(fake)


@pytest.mark.threads
@pytest.mark.parametrize("tcp", ["", "  force_tcp\n"])
def test_down_and_up_again(serve, upstream, tcp):
    first = upstream("first", behave=lambda query: Answer("192.0.2.1"))
    second = upstream("second", behave=lambda query: Answer("192.0.2.2"))
    options = f"{tcp}  policy sequential\n  health_check 20ms\n  max_fails 1\n  read_timeout 200ms"
    server = serve(forward(options, TWO, METRICS))
    assert texts(server.query("a.test")) == ["192.0.2.1"]
    first.down()
    assert texts(server.query("b.test")) == ["192.0.2.2"]
    # Once it is down nobody asks it, whatever it would say.
    wait_until(lambda: server.metrics().value(FAILURES, to=f"127.0.0.1:{first.port}") > 1)
    first.behave = only_checks_fail
    first.up()
    assert texts(server.query("c.test")) == ["192.0.2.2"]
    first.behave = lambda query: Answer("192.0.2.1")
    wait_until(lambda: texts(server.query("d.test")) == ["192.0.2.1"])
    assert second.queries


def only_checks_fail(query):
    return Drop() if query.question.rdtype == dns.rdatatype.NS else Answer("192.0.2.1")


@pytest.mark.parametrize("failfast", [False, True])
def test_all_down(serve, upstream, failfast):
    """The checks fail and nothing else: asked at random, or not at all."""
    fake = upstream(behave=lambda query: Drop())
    fake.down()
    options = "  health_check 20ms\n  max_fails 1\n"
    if failfast:
        options += "  failfast_all_unhealthy_upstreams\n"
    server = serve(forward(options, more=METRICS))
    assert rcode(server.query("a.test")) == "SERVFAIL"
    server.wait_output(r"plugin/errors: 2 a.test. A: read udp .*: read: connection refused")
    if failfast:
        deadline = time.monotonic() + 10
        while "no healthy proxies" not in server.output:
            assert time.monotonic() < deadline, server.output
            assert rcode(server.query("b.test")) == "SERVFAIL"
            time.sleep(0.02)
        return
    wait_until(lambda: server.metrics().value(FAILURES) > 1)
    fake.behave = only_checks_fail
    fake.up()
    assert texts(server.query("c.test")) == ["192.0.2.1"]


# ---- what the log says ----


def test_errors_are_told(serve, upstream):
    upstream(behave=lambda query: Drop())
    server = serve(forward("  read_timeout 50ms\n  max_fails 0"))
    assert rcode(server.query("udp.test")) == "SERVFAIL"
    port = server.ports["upstream"]
    server.wait_output(
        r"\[ERROR\] plugin/errors: 2 udp.test. A: "
        rf"read udp 127.0.0.1:\d+->127.0.0.1:{port}: i/o timeout$"
    )
    assert rcode(server.query("tcp.test", "MX", tcp=True)) == "SERVFAIL"
    server.wait_output(rf"2 tcp.test. MX: read tcp 127.0.0.1:\d+->127.0.0.1:{port}: i/o timeout$")


def test_errors_of_connections(serve, ports):
    ports("upstream")
    server = serve(forward("  max_fails 0"))
    assert rcode(server.query("tcp.test", tcp=True)) == "SERVFAIL"
    port = server.ports["upstream"]
    server.wait_output(
        rf"2 tcp.test. A: dial tcp 127.0.0.1:{port}: connect: connection refused$"
    )


def test_rejections_are_told(serve, upstream):
    fake = upstream(behave=lambda query: Drop())
    server = serve(forward("  max_concurrent 1\n  read_timeout 5s"))
    waiting = server.make("a.test").to_wire()
    assert server.raw_udp(waiting, seconds=0.01) is None
    fake.wait_queries(1)
    assert rcode(server.query("b.test")) == "REFUSED"
    server.wait_output(r"plugin/errors: 5 b.test. A: concurrent queries exceeded maximum 1$")


# ---- metrics ----


def test_metrics(serve, upstream):
    first = upstream("first", behave=lambda query: Answer("192.0.2.1"))
    options = "  policy sequential\n  health_check 20ms\n  max_fails 1\n  max_connect_attempts 2"
    server = serve(
        forward(options, TWO, METRICS + " multisocket 1\n")
    )
    to = f"127.0.0.1:{first.port}"
    for i in range(3):
        assert texts(server.query(f"n{i}.test")) == ["192.0.2.1"]
    first.behave = lambda query: Refuse("NXDOMAIN")
    assert rcode(server.query("tcp.test", tcp=True)) == "NXDOMAIN"
    scrape = server.metrics()
    duration = "coredns_proxy_request_duration_seconds"
    labels = {"proxy_name": "forward", "to": to}
    assert scrape.value(f"{duration}_count", rcode="NOERROR", **labels) == 3
    assert scrape.value(f"{duration}_count", rcode="NXDOMAIN", **labels) == 1
    assert scrape.value(f"{duration}_bucket", rcode="NOERROR", le="8.192", **labels) == 3
    assert scrape.select(f"{duration}_bucket", le="0.00025")
    hits, misses = "coredns_proxy_conn_cache_hits_total", "coredns_proxy_conn_cache_misses_total"
    udp = scrape.value(hits, proto="udp", **labels) + scrape.value(misses, proto="udp", **labels)
    assert udp == 3 and scrape.value(misses, proto="udp", **labels) >= 1
    assert scrape.value(misses, proto="tcp", **labels) == 1
    assert scrape.value("coredns_forward_healthcheck_broken_total") == 0
    assert scrape.value("coredns_forward_max_concurrent_rejects_total") == 0

    first.down()
    assert rcode(server.query("down.test")) == "SERVFAIL"
    wait_until(
        lambda: server.metrics().value(FAILURES, **labels) > 1
    )
    other = {"proxy_name": "forward", "to": f"127.0.0.1:{server.ports['second']}"}
    wait_until(
        lambda: server.metrics().value(FAILURES, **other) > 1
    )
    assert rcode(server.query("all.test")) == "SERVFAIL"
    assert server.metrics().value("coredns_forward_healthcheck_broken_total") == 1


def test_metrics_of_lies_and_limits(serve, upstream):
    fake = upstream(behave=lambda query: [WrongId("203.0.113.1"), WrongQuestion("203.0.113.1")])
    server = serve(
        forward(
            "  max_concurrent 1\n  read_timeout 5s", more=METRICS
        )
    )
    assert server.raw_udp(server.make("a.test").to_wire(), seconds=0.01) is None
    fake.wait_queries(1)
    assert rcode(server.query("b.test")) == "REFUSED"
    assert server.metrics().value("coredns_forward_max_concurrent_rejects_total") == 1
    ignored = "corefilec_proxy_ignored_replies_total"
    wait_until(lambda: server.metrics().value(ignored, proxy_name="forward") == 2)


def test_metrics_of_host_names(serve, upstream):
    upstream()
    server = serve(
        forward("", "localhost:@PORT:upstream@", METRICS)
    )
    wait_until(lambda: rcode(server.query("example.org")) == "NOERROR")
    count = "coredns_proxy_request_duration_seconds_count"
    to = f"localhost:{server.ports['upstream']}"
    assert server.metrics().value(count, to=to, rcode="NOERROR") == 1
