"""corefilec fmt on files: writing them back, several at once, standard input, what cannot be formatted."""

import os
import stat

UGLY = '. {\n  errors   # why\n\n\n  log "example.org" "two words"\n}\n'
NEAT = '. {\n\terrors # why\n\n\tlog example.org "two words"\n}\n'
BROKEN = ". {\n log\n"


def test_write(compiler, tmp_path):
    file = tmp_path / "Corefile"
    file.write_text(UGLY)
    file.chmod(0o640)
    done = compiler.run("fmt", "-w", "Corefile", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert file.read_text() == NEAT
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["Corefile"]
    before = file.stat()
    assert compiler.run("fmt", "-w", cwd=tmp_path).returncode == 0
    assert file.stat().st_ino == before.st_ino, "a formatted file is not written again"
    assert compiler.run("fmt", "--check", cwd=tmp_path).returncode == 0


def test_a_symbolic_link_stays_one(compiler, tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "Corefile").write_text(UGLY)
    (tmp_path / "Corefile").symlink_to("real/Corefile")
    assert compiler.run("fmt", "-w", "Corefile", cwd=tmp_path).returncode == 0
    assert (tmp_path / "Corefile").is_symlink()
    assert (tmp_path / "real" / "Corefile").read_text() == NEAT


def test_several_files(compiler, tmp_path):
    (tmp_path / "ugly").write_text(UGLY)
    (tmp_path / "neat").write_text(NEAT)
    (tmp_path / "broken").write_text(BROKEN)
    done = compiler.run("fmt", "--check", "ugly", "neat", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (1, "ugly\n", "")
    done = compiler.run("fmt", "-w", "broken", "ugly", "absent", cwd=tmp_path)
    assert done.returncode == 2
    assert "broken:1:3: error: block is never closed [CF1002]" in done.stderr
    assert "absent" in done.stderr
    assert (tmp_path / "ugly").read_text() == NEAT
    assert (tmp_path / "broken").read_text() == BROKEN


def test_standard_input(compiler, tmp_path):
    for options in ([], ["-w"]):
        done = compiler.run("fmt", *options, "-", cwd=tmp_path, stdin=UGLY)
        assert (done.returncode, done.stdout, done.stderr) == (0, NEAT, "")
    done = compiler.run("fmt", "--check", "-", cwd=tmp_path, stdin=UGLY)
    assert (done.returncode, done.stdout) == (1, "<stdin>\n")


def test_diff(compiler, tmp_path):
    (tmp_path / "Corefile").write_text(UGLY)
    done = compiler.run("fmt", "--diff", "Corefile", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("--- Corefile\n+++ Corefile (new)\n@@ -1,6 +1,5 @@\n")
    both = compiler.run("fmt", "--check", "--diff", "Corefile", cwd=tmp_path)
    assert (both.returncode, both.stdout) == (1, done.stdout)
    written = compiler.run("fmt", "-w", "--diff", "Corefile", cwd=tmp_path)
    assert (written.returncode, written.stdout) == (0, done.stdout)
    assert compiler.run("fmt", "--diff", "Corefile", cwd=tmp_path).stdout == ""


def test_a_folder_that_cannot_be_written(compiler, tmp_path):
    if os.geteuid() == 0:
        target = "/proc/self/status"  # not even root can put a file next to it
        done = compiler.run("fmt", "-w", target, cwd=tmp_path)
    else:
        (tmp_path / "Corefile").write_text(UGLY)
        tmp_path.chmod(0o500)
        done = compiler.run("fmt", "-w", "Corefile", cwd=tmp_path)
        tmp_path.chmod(0o700)
    assert done.returncode == 2
    assert "[CF9004]" in done.stderr
