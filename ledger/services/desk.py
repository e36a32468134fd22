"""Acting on chain without a node's outbox: what accrediting takes, once, in front of an operator who holds the keys.

Transactions are sent in the order given, each account with consecutive nonces, and waited for together; whoever is
interrupted looks at the chain and sends what is missing.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Final

from eth_account.signers.local import LocalAccount

from ledger.chain.client import ChainClient
from ledger.chain.endpoint import Receipt
from ledger.errors import LedgerError

CALL_GAS: Final = 1_000_000
"""More than any function of the contracts takes; it cannot be estimated before what it follows from is mined."""
WAIT_SECONDS: Final = 60.0
POLL_SECONDS: Final = 0.1


class ActFailedError(LedgerError):
    """A transaction that reverted without a reason that can be read, or was not mined in time."""

    code = "ACT_FAILED"

    def __init__(self, what: str, reason: str) -> None:
        self.what = what
        super().__init__(
            f"{what}: {reason}", next_step="look at the chain, then run it again: what stands already is not sent twice"
        )


@dataclass(frozen=True, slots=True)
class Sent:
    """A transaction on its way: what it does, in words, by whom, to which address, with which data."""

    what: str
    sender: str
    to: str
    data: bytes
    tx_hash: bytes


class Desk:
    """A chain for accounts whose keys are at hand.

    Attributes:
        client: the checked connection; its readers say what stands already.
    """

    def __init__(self, client: ChainClient) -> None:
        self.client = client
        self._sent: list[Sent] = []
        self._nonces: dict[str, int] = {}

    def act(self, account: LocalAccount, contract: str, function: str, *args: Any) -> None:
        """Send a call; `settle` waits for it. Raises TransactionRefusedError, ChainUnavailableError."""
        to, data = self.client.encode_call(contract, function, args)
        sender = str(account.address)
        if sender not in self._nonces:
            self._nonces[sender] = self.client.endpoint.transaction_count(sender)
        nonce = self._nonces[sender]
        transaction: dict[str, Any] = {
            "chainId": self.client.pins.chain_id,
            "nonce": nonce,
            "gas": CALL_GAS,
            "gasPrice": 0,
            "value": 0,
            "to": to,
            "data": data,
        }
        signed = account.sign_transaction(transaction)
        self.client.endpoint.send_raw(bytes(signed.raw_transaction))
        self._nonces[sender] = nonce + 1
        self._sent.append(Sent(f"{contract}.{function}", sender, to, data, bytes(signed.hash)))

    def settle(self) -> list[Receipt]:
        """Wait until everything sent is mined; the receipts in the order of sending.

        Raises ContractRevertError or ActFailedError for the first that failed.
        """
        waiting, self._sent = self._sent, []
        self._nonces.clear()
        deadline = time.monotonic() + WAIT_SECONDS
        return [self._wait(sent, deadline) for sent in waiting]

    def _wait(self, sent: Sent, deadline: float) -> Receipt:
        receipt = self.client.endpoint.receipt(sent.tx_hash)
        while receipt is None:
            if time.monotonic() > deadline:
                raise ActFailedError(sent.what, f"not mined in {WAIT_SECONDS:.0f} s")
            time.sleep(POLL_SECONDS)
            receipt = self.client.endpoint.receipt(sent.tx_hash)
        if not receipt.succeeded:
            self.client.endpoint.call(sent.to, sent.data, sender=sent.sender, block=receipt.block_number - 1)
            raise ActFailedError(sent.what, "reverted")
        return receipt
