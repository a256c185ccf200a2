"""Runs corefilec."""

import hashlib
import os
import pathlib
import shutil
import subprocess

SECONDS = 120


class BuildError(Exception):
    """A build that failed; str() is what the compiler said."""


class Compiler:
    """The compiler under test, and a cache of what it built in this session."""

    def __init__(self, path, cache):
        self.path = pathlib.Path(path)
        self._cache = pathlib.Path(cache)

    def run(self, *arguments, cwd=None, stdin="", env=None):
        """corefilec with these arguments; the finished process, with text outputs."""
        return subprocess.run(
            [str(self.path), *map(str, arguments)],
            cwd=cwd,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            env={**os.environ, "LC_ALL": "C", **(env or {})},
        )

    def build(self, folder, *flags, corefile="Corefile", output="dns", env=None):
        """Builds folder/corefile into folder/output, or copies the result of an equal build."""
        folder = pathlib.Path(folder)
        binary = folder / output
        stored = self._cache / self._key(folder, (corefile, *flags), env or {})
        if not stored.exists():
            done = self.run("build", *flags, "-o", output, corefile, cwd=folder, env=env)
            if done.returncode != 0:
                raise BuildError(f"exit status {done.returncode}\n{done.stdout}{done.stderr}")
            self._cache.mkdir(parents=True, exist_ok=True)
            partial = stored.with_suffix(f".{os.getpid()}")
            shutil.copy2(binary, partial)
            os.replace(partial, stored)
        else:
            shutil.copy2(stored, binary)
        return binary

    @staticmethod
    def _key(folder, flags, env):
        """A digest of everything that the build may read."""
        digest = hashlib.sha256(repr((flags, sorted(env.items()))).encode())
        for file in sorted(p for p in folder.rglob("*") if p.is_file()):
            digest.update(repr(str(file.relative_to(folder))).encode())
            digest.update(file.read_bytes())
        return digest.hexdigest()
