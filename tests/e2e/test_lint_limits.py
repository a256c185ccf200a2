"""What is too large is refused with a clear message, before it is read into memory."""

import os
import subprocess


def run(compiler, path):
    """(status, standard error, kilobytes of memory at the most)"""
    process = subprocess.Popen([compiler.path, "lint", "-q", path], stderr=subprocess.PIPE, text=True)
    shown = process.stderr.read()
    process.stderr.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, shown, usage.ru_maxrss


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
