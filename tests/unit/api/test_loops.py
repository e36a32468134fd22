import threading
import time

from api.loops import Loops


def wait_for(condition) -> None:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)


def test_loops_run_until_they_are_asked_to_end() -> None:
    ended: list[str] = []

    def loop(stop: threading.Event) -> None:
        stop.wait()
        ended.append("ended")

    loops = Loops({"a": loop, "b": loop})
    loops.start()
    assert loops.failures() == []
    loops.stop()
    assert ended == ["ended", "ended"]
    assert loops.failures() == []


def test_a_loop_that_fails_is_told_and_the_others_go_on() -> None:
    going = threading.Event()

    def fails(stop: threading.Event) -> None:
        raise RuntimeError("disk full")

    def goes_on(stop: threading.Event) -> None:
        going.set()
        stop.wait()

    loops = Loops({"sender": fails, "indexer": goes_on})
    loops.start()
    wait_for(loops.failures)
    assert loops.failures() == [("sender", "RuntimeError: disk full")]
    assert going.wait(10)
    loops.stop()


def test_a_loop_that_ends_by_itself_has_failed() -> None:
    loops = Loops({"sequencer": lambda stop: None})
    loops.start()
    wait_for(loops.failures)
    assert loops.failures() == [("sequencer", "ended by itself")]
    loops.stop()
