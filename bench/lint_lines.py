"""User-mode instructions of `corefilec lint` per line of a Corefile, counted by callgrind.

Each shape is made with three numbers of lines.  What a line costs is the difference of the last two, divided
by the difference of the lines, so that start and tables are left out.  It must not cost more there than among
the first: whatever holds each line against each other one shows here, on any machine, and long before it
takes time that somebody notices.
"""

import re
import subprocess

SIZES = (1000, 4000, 10000)
# What holds each line against each other one grows 2.8 times.  Some cheap comparisons do so (views of one zone,
# the order of two plugins), next to what costs more.
GROWTH_MAX = 2.0


def numbered(count, text):
    return "".join(text.format(i=i, a=i // 250 % 250, b=i % 250 + 1, port=1024 + i, above=1025 + i)
                   for i in range(count))


def one_block(inside):
    return ". {\n    errors\n" + inside + "    forward . 9.9.9.9 149.112.112.112\n}\n"


def server_blocks(lines):
    return numbered(lines // 10, """\
z{i}.example.org:53 {{
    errors
    cache 30
    log
    forward . 10.0.{a}.{b} {{
        policy sequential
        health_check 5s
    }}
    prometheus :9153
}}
""")


def forwards(lines):
    return one_block(numbered(lines, "    forward z{i}.example.org 10.0.0.1 10.0.0.2\n"))


def forwards_for_many_keys(lines):
    return (numbered(lines // 2, "z{i}.example.org,\n") + "last.example.org {\n" +
            numbered(lines // 2, "    forward . 10.0.0.1 10.0.0.2\n") + "}\n")


def files(lines):
    return one_block(numbered(lines, "    file db.{i} z{i}.example.org\n"))


def order(lines):
    return one_block(numbered(lines // 2, "    file db.{i} z{i}.example.org\n") +
                     numbered(lines // 6, "    template IN A y{i}.example.org {{\n"
                                          "        rcode NXDOMAIN\n    }}\n"))


def views(lines):
    return numbered(lines // 6, """\
example.org {{
    view v{i} {{
        expr incidr(client_ip(), '10.{a}.{b}.0/24')
    }}
    whoami
}}
""")


def consolidations(lines):
    return (". {\n    whoami\n    errors {\n" + numbered(lines, '        consolidate 5m "^{i} .*$"\n') +
            "    }\n}\n")


def suppressions(lines):
    return one_block(numbered(lines // 2, "    # corefile-lint disable=CF2010\n"
                                          "    file db.{i} z{i}.example.org\n"))


def logs(lines):
    return one_block(numbered(lines, "    log z{i}.example.org {{name}}\n"))


def endpoints(lines):
    return numbered(lines // 3, "z{i}.example.org {{\n    health :8080\n}}\n")


def loops(lines):
    return numbered(lines // 3, "example.org:{port} {{\n    forward . 127.0.0.1:{above} [::1]:{above}\n}}\n")


SHAPES = {
    "lint server blocks": server_blocks,
    "lint forward": forwards,
    "lint forward, many keys": forwards_for_many_keys,
    "lint file": files,
    "lint order": order,
    "lint views": views,
    "lint consolidate": consolidations,
    "lint suppressions": suppressions,
    "lint log": logs,
    "lint endpoints": endpoints,
    "lint loops": loops,
}


def count(compiler, folder, text):
    out = folder / "callgrind.out"
    (folder / "Corefile").write_text(text)
    # By its short name: each report says it.
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", str(compiler.resolve()), "lint", "Corefile"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
    assert done.returncode in (0, 1), f"lint ends with status {done.returncode}"
    return int(re.search(r"^summary: (\d+)", out.read_text(), re.M)[1])


def measure(compiler, folder):
    """Yields (shape, instructions per line, how many times what the first lines cost)."""
    for name, shape in SHAPES.items():
        few, some, many = (count(compiler, folder, shape(lines)) for lines in SIZES)
        first = (some - few) / (SIZES[1] - SIZES[0])
        last = (many - some) / (SIZES[2] - SIZES[1])
        yield name, last, last / first
