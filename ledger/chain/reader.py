"""What the typed readers of the contracts share: one contract at one address, asked at one block."""

from __future__ import annotations

from typing import Any

from eth_abi.exceptions import DecodingError

from ledger.chain.abi import decode_result, encode_call
from ledger.chain.endpoint import BlockId, Endpoint
from ledger.errors import ChainUnavailableError

ZERO_ADDRESS = "0x" + "00" * 20
"""What a contract answers for "no account"."""


class ContractReader:
    """Calls the view functions of one contract.

    Every question takes ``block`` (a number or "latest"), and raises ChainUnavailableError or ContractRevertError.
    """

    contract: str

    def __init__(self, endpoint: Endpoint, address: str) -> None:
        self.address = address
        self._endpoint = endpoint

    def ask(self, function: str, *args: Any, block: BlockId = "latest") -> tuple[Any, ...]:
        """The values that a view function returns."""
        data = self._endpoint.call(self.address, encode_call(self.contract, function, args), block=block)
        try:
            return decode_result(self.contract, function, data)
        except DecodingError as error:
            raise ChainUnavailableError(f"{self.contract}.{function}", f"the answer makes no sense: {error}") from error

    def ask_one(self, function: str, *args: Any, block: BlockId = "latest") -> Any:
        """The one value that a view function returns."""
        (value,) = self.ask(function, *args, block=block)
        return value


def none_if_zero(raw: bytes) -> bytes | None:
    """An id as the chain answers it: 32 zero bytes are None."""
    return raw if any(raw) else None
