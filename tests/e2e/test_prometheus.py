"""prometheus: counters agree with the queries that were sent, and a scraper can read them."""

import urllib.request

import pytest

from harness import exposition
from harness.client import rcode

HOSTS = """
    hosts none {
        10.0.0.1 a.test
        10.0.0.1 a.example.org
    }
"""
SERVER = ".:@PORT@ {\n bind 127.0.0.1\n prometheus 127.0.0.1:@PORT:metrics@\n%s}\n"
DURATIONS = ["0.00025", "0.0005", "0.001", "0.002", "0.004", "0.008", "0.016", "0.032", "0.064",
             "0.128", "0.256", "0.512", "1.024", "2.048", "4.096", "8.192", "+Inf"]
SIZES = ["0", "100", "200", "300", "400", "511", "1023", "2047", "4095", "8291", "16000", "32000",
         "48000", "64000", "+Inf"]


def metric(server, name, **labels):
    return server.metrics().value(name, **labels)


def bounds(server, family):
    return [labels["le"] for labels, _ in server.metrics().select(f"{family}_bucket")]


def test_content_type(serve):
    server = serve(SERVER % HOSTS)
    with urllib.request.urlopen(f"http://127.0.0.1:{server.ports['metrics']}/metrics") as reply:
        assert reply.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert server.http("/", "metrics")[0] == 404


def test_requests(serve):
    server = serve(SERVER % HOSTS)
    sent = {("udp", "A"): 5, ("tcp", "A"): 3, ("udp", "AAAA"): 2, ("udp", "TYPE65280"): 4,
            ("tcp", "TXT"): 1, ("udp", "HTTPS"): 2, ("udp", "CAA"): 1}
    for (proto, rdtype), count in sent.items():
        for _ in range(count):
            server.query("a.test", rdtype, tcp=proto == "tcp")
    metrics = server.metrics()
    label = f"dns://127.0.0.1:{server.port}"
    for (proto, rdtype), count in sent.items():
        kind = "other" if rdtype in ("TYPE65280", "CAA") else rdtype
        wanted = count if kind != "other" else 5
        assert metrics.value("coredns_dns_requests_total", server=label, zone=".", view="",
                             proto=proto, family="1", type=kind) == wanted
    assert metrics.value("coredns_dns_requests_total") == sum(sent.values())
    assert metrics.value("coredns_dns_responses_total") == sum(sent.values())
    assert metrics.value("coredns_dns_request_duration_seconds_count") == sum(sent.values())
    assert metrics.value("coredns_dns_request_size_bytes_count", proto="tcp") == 4
    assert metrics.value("coredns_dns_response_size_bytes_count", proto="udp") == 14


def test_labels(serve):
    server = serve(SERVER % HOSTS)
    server.query("a.test", do=True)
    metrics = server.metrics()
    names = {
        "coredns_dns_requests_total": ["server", "zone", "view", "proto", "family", "type"],
        "coredns_dns_responses_total": ["server", "zone", "view", "rcode", "plugin"],
        "coredns_dns_do_requests_total": ["server", "zone", "view"],
        "coredns_dns_request_duration_seconds_sum": ["server", "zone", "view"],
        "coredns_dns_request_size_bytes_sum": ["server", "zone", "view", "proto"],
        "coredns_dns_response_size_bytes_sum": ["server", "zone", "view", "proto"],
        "coredns_plugin_enabled": ["server", "zone", "view", "name"],
        "coredns_build_info": ["version", "revision", "goversion"],
        "coredns_panics_total": [],
    }
    for name, labels in names.items():
        (have, _), *_ = metrics.select(name)
        assert list(have) == labels


def test_buckets(serve):
    server = serve(SERVER % HOSTS)
    server.query("a.test")
    assert bounds(server, "coredns_dns_request_duration_seconds") == DURATIONS
    assert bounds(server, "coredns_dns_request_size_bytes") == SIZES
    assert bounds(server, "coredns_dns_response_size_bytes") == SIZES


def test_sizes(serve):
    lines = "\n".join(f"10.1.0.{n} many.test" for n in range(40))
    server = serve(SERVER % f" hosts none {{\n10.0.0.1 a.test\n{lines}\n }}\n")
    message = server.make("a.test")
    small = server.ask(message)
    big = server.query("many.test", tcp=True)
    metrics = server.metrics()
    request, reply = "coredns_dns_request_size_bytes", "coredns_dns_response_size_bytes"
    assert metrics.value(f"{request}_sum", proto="udp") == len(message.to_wire())
    assert metrics.value(f"{reply}_sum", proto="udp") == len(small.to_wire())
    assert metrics.value(f"{reply}_sum", proto="tcp") == len(big.to_wire())
    assert metrics.value(f"{reply}_bucket", proto="udp", le="0") == 0
    assert metrics.value(f"{reply}_bucket", proto="udp", le="100") == 1
    assert metrics.value(f"{reply}_bucket", proto="tcp", le="511") == 0
    assert metrics.value(f"{reply}_bucket", proto="tcp", le="1023") == 1


def test_dnssec_ok(serve):
    server = serve(SERVER % HOSTS)
    for do in (True, False, True):
        server.query("a.test", do=do)
    assert metric(server, "coredns_dns_do_requests_total", zone=".") == 2


def test_rcode_and_plugin(serve):
    chain = " errors\n hosts none {\n  10.0.0.1 a.test\n  fallthrough own.test\n }\n whoami\n"
    server = serve(SERVER % chain)
    for name in ("a.test", "a.test", "b.own.test", "b.test"):
        server.query(name)
    for labels, count in [
        ({"rcode": "NOERROR", "plugin": "hosts"}, 2),
        ({"rcode": "NOERROR", "plugin": "whoami"}, 1),
        ({"rcode": "SERVFAIL", "plugin": ""}, 1),
    ]:
        assert metric(server, "coredns_dns_responses_total", zone=".", **labels) == count
    assert metric(server, "coredns_dns_responses_total") == 4


def test_zones_and_servers(serve):
    block = "%s {\n bind %s\n prometheus 127.0.0.1:@PORT:metrics@\n%s}\n"
    server = serve(
        block % ("test:@PORT@ example.org:@PORT@", "127.0.0.1 127.0.0.2", HOSTS)
        + block % ("other:@PORT@", "127.0.0.2", " whoami\n")
        + block % ("a.other:@PORT@", "127.0.0.2", " whoami\n")
    )
    for name, address, count in [
        ("a.test", "127.0.0.1", 1),
        ("a.test", "127.0.0.2", 2),
        ("a.example.org", "127.0.0.1", 3),
        ("x.other", "127.0.0.2", 4),
        ("x.a.other", "127.0.0.2", 5),
    ]:
        for _ in range(count):
            assert rcode(server.query(name, address=address)) == "NOERROR"
    metrics = server.metrics()
    for zone, address, count in [
        ("test.", "127.0.0.1", 1),
        ("test.", "127.0.0.2", 2),
        ("example.org.", "127.0.0.1", 3),
        ("example.org.", "127.0.0.2", 0),
        ("other.", "127.0.0.2", 4),
        ("a.other.", "127.0.0.2", 5),
    ]:
        label = f"dns://{address}:{server.port}"
        assert metrics.value("coredns_dns_requests_total", server=label, zone=zone) == count


def test_dropped(serve):
    server = serve(
        "test:@PORT@ {\n bind 127.0.0.1\n prometheus 127.0.0.1:@PORT:metrics@\n whoami\n}\n"
    )
    assert rcode(server.query("a.example.org")) == "REFUSED"
    assert rcode(server.query("a.test", rdclass="CH")) == "REFUSED"
    server.query("a.test")
    metrics = server.metrics()
    assert metrics.value("coredns_dns_responses_total", zone="dropped", rcode="REFUSED",
                         plugin="", server=f"dns://127.0.0.1:{server.port}") == 2
    assert metrics.value("coredns_dns_requests_total", zone="dropped", type="A") == 2
    assert metrics.value("coredns_dns_requests_total", zone="test.") == 1


@pytest.mark.ipv6
def test_family(serve):
    server = serve(
        ".:@PORT@ {\n bind 127.0.0.1 ::1\n prometheus 127.0.0.1:@PORT:metrics@\n whoami\n}\n"
    )
    server.query("a.test", address="::1")
    server.query("a.test")
    server.query("a.test")
    metrics = server.metrics()
    assert metrics.value("coredns_dns_requests_total", family="2",
                         server=f"dns://[::1]:{server.port}") == 1
    assert metrics.value("coredns_dns_requests_total", family="1") == 2


def test_plugin_enabled(serve):
    server = serve(SERVER % f" errors\n log\n health 127.0.0.1:@PORT:health@\n{HOSTS}")
    enabled = server.metrics().select("coredns_plugin_enabled")
    assert [labels["name"] for labels, _ in enabled] == ["prometheus", "errors", "log", "hosts"]
    assert all(value == 1 for _, value in enabled)
    assert all(labels["zone"] == "." and labels["view"] == "" for labels, _ in enabled)


def test_duration(serve):
    server = serve(SERVER % HOSTS)
    server.query("a.test")
    metrics = server.metrics()
    assert 0 < metrics.value("coredns_dns_request_duration_seconds_sum") < 5
    assert metrics.value("coredns_dns_request_duration_seconds_bucket", le="+Inf") == 1


def test_process_metrics(serve):
    metrics = serve(SERVER % HOSTS).metrics()
    for name in ("process_cpu_seconds_total", "process_resident_memory_bytes",
                 "process_virtual_memory_bytes", "process_start_time_seconds", "process_open_fds",
                 "process_max_fds"):
        assert len(metrics.select(name)) == 1
    assert metrics.value("process_resident_memory_bytes") > 100_000
    assert metrics.value("process_open_fds") > 3


def test_hosts_metrics(serve):
    server = serve(
        SERVER % " hosts names {\n  10.0.0.9 inline.test\n }\n",
        files={"names": "10.0.0.1 a.test b.test\n::1 *.w.test\n"},
    )
    assert metric(server, "coredns_hosts_entries", hostsfile="names") == 7
    stamp = (server.folder / "names").stat().st_mtime
    assert metric(server, "coredns_hosts_reload_timestamp_seconds") == pytest.approx(stamp, abs=1e-3)


def test_strict_format(serve):
    block = "%s:@PORT@ {\n prometheus 127.0.0.1:@PORT:metrics@\n errors\n%s}\n"
    server = serve(block % ("test", HOSTS) + block % ("example.org", HOSTS))
    for name in ("a.test", "a.example.org", "a.nowhere"):
        for tcp in (False, True):
            server.query(name, tcp=tcp)
    families = exposition.parse(server.metrics().text)
    assert families["coredns_dns_requests_total"].kind == "counter"
    assert families["coredns_dns_request_duration_seconds"].kind == "histogram"
    assert families["coredns_plugin_enabled"].kind == "gauge"
    assert families["coredns_panics_total"].samples["", ()] == 0
    assert list(families) == sorted(families)


@pytest.mark.threads
def test_workers_are_summed(serve):
    server = serve(
        ".:@PORT@ {\n bind 127.0.0.1\n multisocket 4\n prometheus 127.0.0.1:@PORT:metrics@\n"
        " whoami\n}\n"
    )
    for n in range(60):
        server.query("a.test", tcp=n % 3 == 0)
        if n % 20 == 0:
            server.metrics()
    assert metric(server, "coredns_dns_requests_total", proto="tcp") == 20
    assert metric(server, "coredns_dns_requests_total", proto="udp") == 40


def test_address_that_is_taken(serve, ports):
    server = serve(SERVER % HOSTS)
    second = serve(
        f".:@PORT:second@ {{\n prometheus 127.0.0.1:{server.ports['metrics']}\n whoami\n}}\n",
        wait=False,
    )
    assert second.wait() != 0
    assert "in use" in second.output
