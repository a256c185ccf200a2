"""Under load: dnsperf loses nothing, and our own load generator, which looks into the replies, finds
nothing wrong.  Numbers of queries are fixed; nothing here depends on how fast the machine is."""

import re
import shutil
import subprocess

import pytest

from harness.upstream import Answer

NAMES = 500
HOSTS = "".join(f"10.0.{i >> 8}.{i & 255} host{i}.example.org\n" for i in range(NAMES))
ZONE = "$ORIGIN example.org.\n$TTL 3600\n@ SOA ns h 1 7200 3600 1209600 300\n@ NS ns\nns A 192.0.2.1\n" + \
    "".join(f"host{i} A 10.0.{i >> 8}.{i & 255}\n" for i in range(NAMES))

COREFILES = {
    "hosts": ".:@PORT@ {\n\tbind 127.0.0.1\n\thosts hosts\n}\n",
    "file": "example.org:@PORT@ {\n\tbind 127.0.0.1\n\tfile zone\n}\n",
    "cached": ".:@PORT@ {\n\tbind 127.0.0.1\n\terrors\n\tlog {\n\t\tclass error\n\t}\n"
              "\tprometheus 127.0.0.1:@PORT:metrics@\n\tcache 3600\n\tloadbalance\n"
              "\tforward . 127.0.0.1:@PORT:up@\n}\n",
}


def answer(query):
    number = int(re.match(r"host(\d+)\.", query.name)[1])
    return Answer(f"10.0.{number >> 8}.{number & 255}", ttl=3600)


@pytest.fixture(params=COREFILES)
def server(request, serve, upstream):
    if request.param == "cached":
        upstream("up", answer)
    return serve(COREFILES[request.param], files={"hosts": HOSTS, "zone": ZONE})


@pytest.mark.threads
@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_dnsperf_loses_nothing(server, transport, tmp_path):
    program = shutil.which("dnsperf")
    assert program, "dnsperf is not installed"
    questions = tmp_path / "questions"
    questions.write_text("".join(f"host{i}.example.org A\n" for i in range(NAMES)))
    done = subprocess.run(
        [program, "-s", "127.0.0.1", "-p", str(server.port), "-d", str(questions), "-n", "20",
         "-q", "50", "-t", "20", "-m", transport, "-c", "4"],
        capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    figures = dict(re.findall(r"^\s*(Queries [a-z]+|Response codes):\s+(.*?)\s*$", done.stdout, re.M))
    assert figures["Queries sent"].split()[0] == str(20 * NAMES)
    assert figures["Queries lost"].startswith("0 "), done.stdout
    assert figures["Response codes"] == f"NOERROR {20 * NAMES} (100.00%)"


@pytest.mark.threads
@pytest.mark.parametrize("options", [("-c", "4"), ("-t", "-c", "20"), ("-e", "-R", "-c", "2")],
                         ids=["udp", "tcp", "edns"])
def test_no_answer_is_wrong(server, compiler, options, tmp_path):
    questions = tmp_path / "questions"
    questions.write_text("".join(f"host{i}.example.org A 10.0.{i >> 8}.{i & 255}\n"
                                 for i in range(NAMES)))
    load = compiler.path.parent / "bench" / "load"
    done = subprocess.run(
        [load, "-f", questions, "-n", "20000", "-w", "100", *options, "127.0.0.1", str(server.port)],
        capture_output=True, text=True, timeout=120)
    figures = dict(line.split() for line in done.stdout.splitlines())
    assert done.returncode == 0, done.stdout + done.stderr
    assert figures["answered"] == figures["sent"] == figures["rcode_NOERROR"]
    assert figures["wrong"] == figures["lost"] == "0"
