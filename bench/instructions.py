"""User-mode instructions per query and per line of lint, counted by callgrind: the same on any machine.

Each work is served twice with different numbers of queries; the difference divided by the
difference of the numbers leaves out start and stop.  Compared with bench/instructions.budget.
"""

import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import time

import lint_lines
import peers

HERE = pathlib.Path(__file__).resolve().parent
BUDGET = HERE / "instructions.budget"
FEW, MANY = 2000, 12000
NAMES = 200
FLAGS = ["--release"]


def data(folder):
    with open(folder / "zone", "w") as zone, open(folder / "hosts", "w") as hosts, \
            open(folder / "questions", "w") as questions:
        zone.write("$ORIGIN example.org.\n$TTL 3600\n@ SOA ns h 1 7200 3600 1209600 300\n"
                   "@ NS ns\nns A 192.0.2.1\n")
        for i in range(NAMES):
            zone.write(f"host{i} A 10.0.0.{i}\n")
            hosts.write(f"10.0.0.{i} host{i}.example.org\n")
            questions.write(f"host{i}.example.org A 10.0.0.{i}\n")
    (folder / "any").write_text("".join(f"host{i}.example.org A\n" for i in range(NAMES)))


def corefiles(folder):
    head = ".:{port} {{\n    bind 127.0.0.1\n    multisocket 1\n"
    return {
        "whoami": head + "    whoami\n}}\n",
        "hosts": head + f"    hosts {folder}/hosts {{{{\n        reload 0s\n    }}}}\n}}}}\n",
        "file": head.replace(".:", "example.org:") + f"    file {folder}/zone\n}}}}\n",
        "cache chain": head + "    errors\n    log {{\n        class error\n    }}\n"
                       "    prometheus 127.0.0.1:{metrics}\n    cache 3600\n    loadbalance\n"
                       "    forward . 127.0.0.1:{upstream}\n}}\n",
    }


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def build(compiler, folder, name, text):
    place = folder / ("server-" + name.replace(" ", "-"))
    place.mkdir(exist_ok=True)
    (place / "Corefile").write_text(text)
    subprocess.run([compiler, "build", *FLAGS, "-o", "dns", "Corefile"], cwd=place, check=True)
    return place / "dns"


def count(build_dir, folder, binary, port, queries, questions):
    out = folder / "callgrind.out"
    process = subprocess.Popen(
        ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", str(binary), "-quiet"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=binary.parent)
    deadline = time.monotonic() + 60
    while not peers.ask(port, "host1.example.org", seconds=1):
        assert process.poll() is None and time.monotonic() < deadline, f"{binary} does not answer"
    load = [str(build_dir / "bench" / "load"), "-f", str(folder / questions), "-c", "1", "-w", "64"]
    for n in (NAMES, queries):  # the first fills the cache
        done = subprocess.run([*load, "-n", str(n), "127.0.0.1", str(port)], capture_output=True,
                              text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    process.send_signal(signal.SIGTERM)
    process.wait(60)
    return int(re.search(r"^summary: (\d+)", out.read_text(), re.M)[1])


def measure(build_dir, folder, name, text):
    port, upstream = free_port(), None
    server = None
    questions = "any" if name == "whoami" else "questions"
    if "{upstream}" in text:
        server = peers.Corefilec(folder / "upstream", free_port(), zone=folder / "zone")
        server.compiler = str(build_dir / "corefilec")
        server.corefile = "example.org:{port} {{\n    bind 127.0.0.1\n    file {zone}\n}}\n"
        upstream = server.start(0, "ns.example.org").port
    try:
        binary = build(build_dir / "corefilec", folder, name,
                       text.format(port=port, upstream=upstream, metrics=free_port()))
        few, many = (count(build_dir, folder, binary, port, n, questions) for n in (FEW, MANY))
    finally:
        if server:
            server.stop()
    # The load sends whole windows: what was answered differs by exactly MANY - FEW windows' worth.
    return (many - few) / (MANY - FEW)


def budgets():
    rows = (line.split("#")[0].rsplit(None, 1) for line in BUDGET.read_text().splitlines())
    return {row[0].strip(): float(row[1]) for row in rows if len(row) == 2}


def judge(work, figure, unit, allowed, growth=1.0):
    """Prints one row; whether it is more than allowed."""
    over = figure > allowed.get(work, figure)
    grows = growth > lint_lines.GROWTH_MAX
    print(f"{work:24} {figure:7.0f} instructions per {unit}, budget {allowed.get(work, 0):.0f}"
          f"{'  OVER' if over else ''}"
          f"{f'  GROWS {growth:.1f} times with the number of lines' if grows else ''}", flush=True)
    return over or grows


def main(build_dir, update=False):
    allowed = budgets() if BUDGET.exists() else {}
    failed = 0
    results = {}
    with tempfile.TemporaryDirectory(prefix="corefilec-instructions.") as name:
        folder = pathlib.Path(name)
        data(folder)
        for work, text in corefiles(folder).items():
            results[work] = measure(build_dir, folder, work, text)
            failed += judge(work, results[work], "query", allowed)
        for work, figure, growth in lint_lines.measure(build_dir / "corefilec", folder):
            results[work] = figure
            failed += judge(work, figure, "line", allowed, growth)
    if update:
        BUDGET.write_text("# User-mode instructions per query, and per line of lint; "
                          "./dev bench --instructions --update\n"
                          + "".join(f"{work} {figure * 1.05:.0f}\n" for work, figure in results.items()))
    return 1 if failed else 0
