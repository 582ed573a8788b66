"""What /proc says about processes: CPU time, memory, and who is whose child."""

import os
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Stat:
    """The fields of /proc/<pid>/stat that we read."""

    parent: int
    cpu_seconds: float


def parse_stat(text: str) -> Stat:
    """Read one /proc/<pid>/stat; the name in brackets may hold spaces and brackets of its own."""
    fields = text.rpartition(")")[2].split()
    return Stat(parent=int(fields[1]), cpu_seconds=(int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND)


def parse_rss_kb(text: str) -> int:
    """VmRSS of one /proc/<pid>/status; 0 for a process that has none any more."""
    for line in text.splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def parse_busy_seconds(text: str) -> float:
    """CPU seconds spent by anybody since boot, from /proc/stat: all but idle and waiting for disks."""
    user, nice, system, _idle, _iowait, irq, softirq, steal = (int(field) for field in text.split()[1:9])
    return (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND


def family(pid: int, parents: dict[int, int]) -> list[int]:
    """The process and all its descendants, given everybody's parent."""
    found = [pid]
    for member in found:  # grows while we walk it
        found += [child for child, parent in parents.items() if parent == member]
    return found


def cpu_seconds(pid: int) -> float:
    """User and system time of a process tree."""
    stats = _all_stats()
    return sum(stats[member].cpu_seconds for member in _family_of(pid, stats))


def side_seconds(pid: int) -> float:
    """Of one process: user and system time of all its threads but the first."""
    threads = (entry for entry in Path(f"/proc/{pid}/task").glob("[0-9]*") if entry.name != str(pid))
    texts = [_read(f"{entry}/stat") for entry in threads]
    return sum(parse_stat(text).cpu_seconds for text in texts if text)


def rss_kb(pid: int) -> int:
    """Resident memory of a process tree."""
    return sum(parse_rss_kb(_read(f"/proc/{member}/status")) for member in _family_of(pid, _all_stats()))


def busy_seconds() -> float:
    """CPU seconds that this machine has spent on anything."""
    return parse_busy_seconds(_read("/proc/stat"))


def cpu_name() -> str:
    """The processor's own name, where the kernel tells it."""
    for line in _read("/proc/cpuinfo").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "unknown processor"


def _family_of(pid: int, stats: dict[int, Stat]) -> list[int]:
    return [member for member in family(pid, {p: s.parent for p, s in stats.items()}) if member in stats]


def _all_stats() -> dict[int, Stat]:
    texts = {int(entry.name): _read(f"{entry}/stat") for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    return {pid: parse_stat(text) for pid, text in texts.items() if text}


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:  # it ended while we were looking
        return ""
