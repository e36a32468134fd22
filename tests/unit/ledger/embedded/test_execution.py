from typing import Any

import pytest

from ledger.embedded.errors import ExecutionFailedError, RevertedError
from ledger.embedded.execution import ESTIMATE_TOLERANCE, CallRequest

NOBODY = bytes(20)
TIME = 1_800_000_000
# Forwards all it may (63/64) to the recorder with the calldata, then reverts unless it worked.
FORWARDER = "36 6000 6000 37 6000 6000 36 6000 6000 73{to} 5a f1 602e 57 6000 6000 fd 5b 00"
INVALID = bytes.fromhex("fe")
LOOP = bytes.fromhex("5b600056")


def word(number: int) -> bytes:
    return number.to_bytes(32, "big")


def words(output: bytes) -> list[int]:
    return [int.from_bytes(output[n : n + 32], "big") for n in range(0, len(output), 32)]


def test_a_call_runs_in_the_number_and_time_of_the_block_it_names(world: Any) -> None:
    recorder = world.deploy()
    world.clock.advance(100)
    world.seal(world.actor.sign(recorder, word(5)))
    world.clock.advance(1_000)
    assert words(world.chain.call(recorder, b"")) == [5, TIME + 102, 2]
    assert words(world.chain.call(recorder, b"", block=1)) == [0, TIME + 1, 1]
    assert world.chain.call(recorder, b"", block=0) == b""  # no code there yet


def test_pending_runs_in_the_block_that_would_be_sealed_now(world: Any) -> None:
    recorder = world.deploy()
    world.clock.advance(1_000)
    output = world.chain.reader.call(CallRequest(NOBODY, recorder, b""), world.chain.next_header())
    assert words(output) == [0, TIME + 1_001, 2]


def test_a_trial_leaves_no_trace(world: Any) -> None:
    recorder = world.deploy()
    before = world.chain._store.rows("SELECT count(*), sum(length(value)) FROM nodes")
    for _ in range(2):
        world.chain.call(recorder, word(9))
        world.chain.reader.estimate_gas(CallRequest(NOBODY, recorder, word(9)), world.chain.next_header())
    assert words(world.chain.call(recorder, b""))[0] == 0
    assert world.chain._store.rows("SELECT count(*), sum(length(value)) FROM nodes") == before


def test_a_revert_carries_its_bytes(world: Any) -> None:
    recorder = world.deploy()
    with pytest.raises(RevertedError) as caught:
        world.chain.call(recorder, word(0))
    assert caught.value.output == bytes.fromhex("deadbeef")
    with pytest.raises(RevertedError):
        world.chain.reader.estimate_gas(CallRequest(NOBODY, recorder, word(0)), world.chain.head)


def test_creation_can_be_tried(world: Any) -> None:
    code = bytes.fromhex("6001600c60003960016000f3fe")
    assert world.chain.reader.call(CallRequest(NOBODY, None, code), world.chain.head) == INVALID


def test_other_failures_say_which(world: Any) -> None:
    invalid, loop = world.deploy(INVALID), world.deploy(LOOP)
    reader, head = world.chain.reader, world.chain.head
    with pytest.raises(ExecutionFailedError, match="InvalidInstruction"):
        reader.call(CallRequest(NOBODY, invalid, b""), head)
    with pytest.raises(ExecutionFailedError, match="out of gas"):
        reader.call(CallRequest(NOBODY, loop, b"", gas=100_000), head)
    with pytest.raises(ExecutionFailedError, match=r"gas required exceeds allowance \(100000\)"):
        reader.estimate_gas(CallRequest(NOBODY, loop, b"", gas=100_000), head)
    with pytest.raises(ExecutionFailedError, match="intrinsic gas too low: have 20000, want 21000"):
        reader.call(CallRequest(NOBODY, loop, b"", gas=20_000), head)
    with pytest.raises(ExecutionFailedError, match="insufficient funds for transfer"):
        reader.call(CallRequest(NOBODY, loop, b"", value=1), head)


@pytest.mark.parametrize("forwarded", [False, True])
def test_an_estimate_suffices_and_is_close(world: Any, forwarded: bool) -> None:
    target = world.deploy()
    if forwarded:
        target = world.deploy(bytes.fromhex(FORWARDER.format(to=target.hex())))
    request = CallRequest(world.actor.address, target, word(77))
    estimate = world.chain.reader.estimate_gas(request, world.chain.next_header())
    (sent,) = world.seal(world.actor.sign(target, word(77), gas=estimate))
    (receipt,) = world.chain.index.receipts(world.chain.head.block_number)
    assert receipt.status == 1
    assert sent
    too_little = int(estimate * (1 - ESTIMATE_TOLERANCE)) - 1
    fresh = CallRequest(world.actor.address, target, word(78), gas=too_little)
    failed = world.chain.reader._succeeds(fresh, world.chain.header(world.chain.head.block_number - 1), too_little)
    assert not failed


def test_a_plain_transfer_of_nothing_costs_the_least_there_is(world: Any) -> None:
    assert world.chain.reader.estimate_gas(CallRequest(NOBODY, b"\x22" * 20, b""), world.chain.head) == 21_000
