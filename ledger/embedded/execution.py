"""Reading state and trying calls at any block: nothing here is ever written.

A trial runs in the context of the block it names, as other nodes do it: the block's own number and time, on the
state after it. `pending`, and estimates that name no block, run in the context of the block that would be sealed now:
after a quiet hour the newest block's time is an hour old, and a check against the time would fail in a trial that
succeeds when sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from eth.abc import BlockHeaderAPI, ComputationAPI, StateAPI
from eth.constants import CREATE_CONTRACT_ADDRESS
from eth.db.atomic import AtomicDB
from eth.db.backends.base import BaseDB
from eth.exceptions import OutOfGas, Revert, VMError
from eth.vm.spoof import SpoofTransaction
from eth_utils.exceptions import ValidationError

from ledger.embedded.errors import ExecutionFailedError, RevertedError
from ledger.embedded.rules import EmbeddedMiningChain

MAX_CALL_GAS: Final = 50_000_000  # go-ethereum's --rpc.gascap
# go-ethereum stops its search when the bounds are this close; a sender never pays for unused gas.
ESTIMATE_TOLERANCE: Final = 0.015
# EIP-150: a call passes on at most 63/64 of the gas that is left.
CALL_SHARE: Final = (64, 63)
CALL_STIPEND: Final = 2_300


@dataclass(frozen=True, slots=True)
class CallRequest:
    """A call that is tried, not sent. `to` None creates a contract; `gas` None means as much as is allowed."""

    sender: bytes
    to: bytes | None
    data: bytes
    value: int = 0
    gas: int | None = None


class StateReader:
    """Opens the state after any block, and executes calls on it."""

    def __init__(self, chain_type: type[EmbeddedMiningChain], database: BaseDB) -> None:
        self._chain_type = chain_type
        self._database = database

    def state(self, header: BlockHeaderAPI) -> StateAPI:
        """A fresh, private view of the state under `header.state_root`, in the context of `header`."""
        return self._chain_type(AtomicDB(self._database), header).get_vm(header).state

    def call(self, request: CallRequest, header: BlockHeaderAPI) -> bytes:
        """What the call returns.

        Raises:
            RevertedError: the contract reverted, with its bytes.
            ExecutionFailedError: out of gas, invalid opcode, not enough funds for `value`.
        """
        computation = self._execute(request, header, self._allowance(request, header))
        _raise_if_failed(computation)
        return bytes(computation.output)

    def estimate_gas(self, request: CallRequest, header: BlockHeaderAPI) -> int:
        """Least gas limit with which the call succeeds, up to `ESTIMATE_TOLERANCE` above it.

        Raises:
            RevertedError, ExecutionFailedError: it fails with all the gas there is.
        """
        high = self._allowance(request, header)
        full = self._execute(request, header, high)
        if full.is_error and isinstance(full.error, OutOfGas):
            raise ExecutionFailedError(f"gas required exceeds allowance ({high})")
        _raise_if_failed(full)
        # Usually what was spent before refunds is just enough, and nothing less can be.
        low = high - full.get_gas_remaining()
        if self._succeeds(request, header, low):
            return low
        # Else an inner call wants more than it uses, because each level keeps 1/64 back.
        likely = (low + CALL_STIPEND) * CALL_SHARE[0] // CALL_SHARE[1]
        if likely < high and self._succeeds(request, header, likely):
            high = likely
        while (high - low) / high > ESTIMATE_TOLERANCE:
            middle = (high + low) // 2
            if self._succeeds(request, header, middle):
                high = middle
            else:
                low = middle
        return high

    def _allowance(self, request: CallRequest, header: BlockHeaderAPI) -> int:
        most = min(MAX_CALL_GAS, header.gas_limit)
        return most if request.gas is None else min(request.gas, most)

    def _succeeds(self, request: CallRequest, header: BlockHeaderAPI, gas: int) -> bool:
        try:
            return not self._execute(request, header, gas).is_error
        except ExecutionFailedError:
            return False

    def _execute(self, request: CallRequest, header: BlockHeaderAPI, gas: int) -> ComputationAPI:
        vm = self._chain_type(AtomicDB(self._database), header).get_vm(header)
        unsigned = vm.create_unsigned_transaction(
            nonce=vm.state.get_nonce(request.sender),  # type: ignore[arg-type]
            gas_price=0,
            gas=gas,
            to=request.to or CREATE_CONTRACT_ADDRESS,  # type: ignore[arg-type]
            value=request.value,
            data=request.data,
        )
        if gas < unsigned.intrinsic_gas:
            raise ExecutionFailedError(f"intrinsic gas too low: have {gas}, want {unsigned.intrinsic_gas}")
        if request.value > vm.state.get_balance(request.sender):  # type: ignore[arg-type]
            raise ExecutionFailedError("insufficient funds for transfer")
        trial = SpoofTransaction(unsigned, from_=request.sender)
        try:
            return vm.state.apply_transaction(trial)  # type: ignore[arg-type]
        except ValidationError as problem:
            raise ExecutionFailedError(str(problem)) from problem


def _raise_if_failed(computation: ComputationAPI) -> None:
    if not computation.is_error:
        return
    error: VMError = computation.error
    if isinstance(error, Revert):
        raise RevertedError(bytes(computation.output))
    if isinstance(error, OutOfGas):
        raise ExecutionFailedError("out of gas")
    raise ExecutionFailedError(f"{type(error).__name__}: {error}")
