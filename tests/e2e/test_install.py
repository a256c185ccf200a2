"""`make install` and `make uninstall`, as packagers run them: with DESTDIR, elsewhere than configured."""

import os
import re
import subprocess

import pytest


def make(compiler, *arguments):
    done = subprocess.run(
        ["make", "-s", "-C", str(compiler.path.parent), *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        env={k: v for k, v in os.environ.items() if not k.startswith("MAKE")},
    )
    assert done.returncode == 0, done.stdout + done.stderr


def files(folder):
    return sorted(p.relative_to(folder) for p in folder.rglob("*") if p.is_file() or p.is_symlink())


@pytest.fixture
def installed(compiler, tmp_path):
    make(compiler, "install", f"DESTDIR={tmp_path / 'root'}", "prefix=/opt/corefilec")
    return tmp_path / "root" / "opt" / "corefilec"


def test_installed_programs(installed, tmp_path):
    (tmp_path / "Corefile").write_text(".:1053 {\n\twhoami\n}\n")
    for command in (["corefile-lint", "Corefile"], ["corefilec", "build", "-o", "dns", "Corefile"]):
        done = subprocess.run(
            [installed / "bin" / command[0], *command[1:]],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    version = subprocess.run([tmp_path / "dns", "-version"], capture_output=True, timeout=20)
    assert version.returncode == 0


def test_installed_completion(installed):
    share = installed / "share"
    for name in (
        "bash-completion/completions/corefilec",
        "bash-completion/completions/corefile-lint",
        "zsh/site-functions/_corefilec",
        "fish/vendor_completions.d/corefilec.fish",
        "fish/vendor_completions.d/corefile-lint.fish",
    ):
        assert "corefile-lint" in (share / name).read_text()


def test_installed_reference(installed):
    share = installed / "share"
    assert (share / "man" / "man5" / "corefile-cache.5").read_text().startswith(".TH COREFILE")
    assert len(list((share / "man" / "man5").iterdir())) > 50
    assert '<section id="cache"' in (share / "doc" / "corefilec" / "reference.html").read_text()


def test_installed_for_plugins(installed, root, tmp_path):
    """A plugin outside the tree compiles with what pkg-config says."""
    description = installed / "lib" / "pkgconfig" / "corefilec.pc"
    assert "@" not in description.read_text()

    def pkg_config(*arguments):
        done = subprocess.run(
            ["pkg-config", *arguments, description], capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    flags = pkg_config("--cflags").split()
    abi = re.search(r"^#define RT_ABI (\d+)", (root / "runtime" / "rt.h").read_text(), re.MULTILINE)
    assert pkg_config("--variable=abi") == abi[1]
    hello = root / "examples" / "plugin" / "hello"
    for source in ("hello.c", "hello_setup.c"):
        subprocess.run(
            ["cc", *flags, f"-I{hello.parent}", "-c", hello / source],
            cwd=tmp_path,
            check=True,
        )


def test_installed_headers_stand_alone(installed, tmp_path):
    include = installed / "lib" / "corefilec" / "include"
    headers = [p.relative_to(include) for p in include.rglob("*.h")]
    assert len(headers) > 10
    for header in headers:
        subprocess.run(
            ["cc", "-std=c11", "-D_GNU_SOURCE", "-Wall", "-Werror", "-fsyntax-only"]
            + [f"-I{include}", "-x", "c", "-"],
            input=f'#include "{header}"\n'.encode(),
            check=True,
        )


def test_uninstall_leaves_nothing(compiler, installed, tmp_path):
    assert files(installed)
    make(compiler, "uninstall", f"DESTDIR={tmp_path / 'root'}", "prefix=/opt/corefilec")
    assert files(installed) == []
