import pytest

from ledger.embedded.clock import ManualClock, StampRule
from ledger.embedded.errors import ClockError


def test_a_block_is_stamped_with_wall_time() -> None:
    assert StampRule(ManualClock(1_000.9)).check(500) == 1_000


@pytest.mark.parametrize(("head", "stamp"), [(999, 1_000), (1_000, 1_001), (1_001, 1_002)])
def test_stamps_increase_and_run_ahead_by_two_seconds_at_most(head: int, stamp: int) -> None:
    assert StampRule(ManualClock(1_000)).check(head) == stamp


def test_more_than_two_seconds_ahead_is_refused() -> None:
    with pytest.raises(ClockError) as caught:
        StampRule(ManualClock(1_000)).check(1_002)
    assert (caught.value.now, caught.value.chain_time) == (1_000, 1_002)


def test_a_clock_that_stepped_back_since_the_last_write_is_refused_until_it_caught_up() -> None:
    clock = ManualClock(1_000)
    rule = StampRule(clock)
    rule.check(0)
    rule.note_write()
    clock.advance(-2)
    assert rule.check(0) == 998
    clock.advance(-1)
    with pytest.raises(ClockError):
        rule.check(0)
    clock.advance(1)
    assert rule.check(0) == 998


def test_the_stamp_of_a_trial_is_never_refused() -> None:
    assert StampRule(ManualClock(10)).next_stamp(1_000) == 1_001
