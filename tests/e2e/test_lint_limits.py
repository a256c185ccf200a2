"""What is too large is refused with a clear message, before it is read into memory."""

import subprocess
import sys

# Runs a command and adds a line: the kilobytes of memory that it took at the most.  The kernel counts what a
# process had before exec, so the parent must be a small one: pytest's workers grow.
MEASURE = """
import os, sys
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(pid, 0)
print(usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def run(compiler, path):
    """(status, standard error, kilobytes of memory at the most)"""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, compiler.path, "lint", "-q", path],
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stderr, int(done.stdout)


def is_sanitized(compiler):
    return any(name in compiler.path.parent.name for name in ("asan", "tsan"))


def test_100_megabytes_are_refused(compiler, tmp_path):
    path = tmp_path / "Corefile"
    with open(path, "wb") as file:
        file.write(b". {\n\twhoami\n}\n")
        file.truncate(100 << 20)
    status, shown, kilobytes = run(compiler, path)
    assert status == 2
    assert f"'{path}' is larger than 64 MiB [CF1000]" in shown
    assert kilobytes < (400_000 if is_sanitized(compiler) else 64_000)


def test_10000_lines_are_no_matter(compiler, tmp_path):
    path = tmp_path / "Corefile"
    block = "zone{}.example {{\n\terrors\n\tlog\n\tcache 30 {{\n\t\tprefetch 10\n\t}}\n\tforward . 192.0.2.53\n}}\n"
    path.write_text("".join(block.format(i) for i in range(1250)))
    status, shown, kilobytes = run(compiler, path)
    assert (status, shown) == (0, "")
    assert is_sanitized(compiler) or kilobytes < 100_000
