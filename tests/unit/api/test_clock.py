"""The clock that rests and windows are told by."""

from gemini_balance.app import SystemClock


class Times:
    """A monotonic clock and the calendar's."""

    steady = 50.0
    wall = 1_800_000_000.0

    def clock(self) -> SystemClock:
        return SystemClock(lambda: self.steady, lambda: self.wall)

    def pass_by(self, steady: float, wall: float) -> None:
        self.steady += steady
        self.wall += wall


def test_it_tells_the_calendars_time() -> None:
    times = Times()
    clock = times.clock()
    times.pass_by(7, 7)
    assert clock.now() == times.wall == 1_800_000_007


def test_it_never_goes_back() -> None:
    times = Times()
    clock = times.clock()
    times.pass_by(7, -3600)
    assert clock.now() == 1_800_000_007


def test_it_catches_up_after_a_suspend() -> None:
    times = Times()
    clock = times.clock()
    times.pass_by(1, 3601)
    assert clock.now() == 1_800_003_601
    times.pass_by(1, -3600)
    assert clock.now() == 1_800_003_602


def test_it_doesnt_follow_every_correction() -> None:
    times = Times()
    clock = times.clock()
    times.pass_by(1, 1.5)
    assert clock.now() == 1_800_000_001
