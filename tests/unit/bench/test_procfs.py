"""Reading /proc: from recorded text, and from the one process that is sure to exist."""

import os
import threading
import time

from bench import procfs

STAT = "4242 (a (very) odd name) S 77 4242 4242 0 -1 4194560 900 0 0 0 {user} {system} 8 9 20 0 3 0 12345 1000 200"
STATUS = "Name:\tpython\nVmHWM:\t   52000 kB\nVmRSS:\t   48124 kB\nThreads:\t3\n"
MACHINE = "cpu  1000 20 300 9999 888 7 60 5 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\n"


def test_a_stat_line_is_read_whatever_the_name_of_the_program() -> None:
    ticks = procfs.TICKS_PER_SECOND
    stat = procfs.parse_stat(STAT.format(user=3 * ticks, system=2 * ticks))
    assert stat == procfs.Stat(parent=77, cpu_seconds=5.0)


def test_resident_memory_is_read_in_kilobytes() -> None:
    assert procfs.parse_rss_kb(STATUS) == 48_124


def test_a_process_without_memory_has_none() -> None:
    assert procfs.parse_rss_kb("Name:\tzombie\n") == 0


def test_a_busy_machine_is_neither_idle_nor_waiting_for_a_disk() -> None:
    assert procfs.parse_busy_seconds(MACHINE) == (1000 + 20 + 300 + 7 + 60 + 5) / procfs.TICKS_PER_SECOND


def test_a_family_holds_children_and_their_children_and_nobody_else() -> None:
    parents = {1: 0, 10: 1, 11: 10, 12: 10, 13: 12, 20: 1, 21: 20}
    assert sorted(procfs.family(10, parents)) == [10, 11, 12, 13]


def test_this_process_is_seen_alive() -> None:
    assert procfs.rss_kb(os.getpid()) > 1_000
    assert procfs.cpu_seconds(os.getpid()) > 0


def test_what_the_first_thread_does_is_not_on_the_side() -> None:
    _spin()
    assert procfs.side_seconds(os.getpid()) < procfs.cpu_seconds(os.getpid())
    before = procfs.side_seconds(os.getpid())
    release = threading.Event()

    def work() -> None:
        _spin()
        release.wait()

    aside = threading.Thread(target=work)
    aside.start()
    while procfs.side_seconds(os.getpid()) <= before:
        time.sleep(0.01)
    release.set()
    aside.join()


def _spin() -> None:
    until = time.thread_time() + 0.05
    while time.thread_time() < until:
        pass


def test_a_process_that_is_gone_costs_nothing() -> None:
    assert procfs.side_seconds(2**22 + 1) == 0
    assert procfs.cpu_seconds(2**22 + 1) == 0
    assert procfs.rss_kb(2**22 + 1) == 0
