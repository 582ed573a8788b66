"""Compiles the two C programs of the bench."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from bench.places import BUILD, SOURCES

PROGRAMS = {
    "upstream": ("upstream.c", "answers.c", "request.c", "replies.c", "timers.c", "sockets.c", "common.c"),
    "loadgen": ("loadgen.c", "options.c", "reply.c", "figures.c", "sockets.c", "common.c"),
}
FLAGS = ("-O2", "-std=gnu11", "-Wall", "-Wextra")


class CannotBuild(Exception):
    """The C programs can't be made here; the message says what to do."""


def find_compiler() -> str:
    """The C compiler of this machine, or a clear complaint."""
    if not sys.platform.startswith("linux"):
        raise CannotBuild("The bench needs Linux: it reads /proc and its C programs use epoll.")
    compiler = shutil.which(os.environ.get("CC") or "cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise CannotBuild("The bench needs a C compiler; on Debian: apt-get install gcc libc6-dev")
    return compiler


def build_programs() -> dict[str, Path]:
    """Every program, compiled if its sources changed since the last time."""
    compiler = find_compiler()
    BUILD.mkdir(exist_ok=True)
    return {name: _build(compiler, name, sources) for name, sources in PROGRAMS.items()}


def _build(compiler: str, name: str, sources: tuple[str, ...]) -> Path:
    program = BUILD / name
    newest = max(path.stat().st_mtime for path in SOURCES.iterdir())
    if program.exists() and program.stat().st_mtime > newest:
        return program
    # Tests may build at the same time: each into its own file, and the last one in wins.
    fresh = BUILD / f"{name}.{os.getpid()}"
    command = [compiler, *FLAGS, "-o", str(fresh), *(str(SOURCES / source) for source in sources)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotBuild(f"{compiler} failed on {name} (is libc6-dev installed?):\n{done.stderr}")
    fresh.replace(program)
    return program
