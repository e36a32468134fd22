"""The rules blocks follow: py-evm's Paris, with a base fee that stays zero and a gas limit that stays put.

Under EIP-1559 a block more than half full raises even a zero base fee to 1 wei, and it would never fall again: keys
without funds, which is every key here, could not send any more. Consortium chains switch the base fee off for the same
reason (Besu's `zeroBaseFee`). All else is Paris unchanged: the target of the compiled contracts.
"""

from __future__ import annotations

from typing import Any, cast

from eth.abc import BlockHeaderAPI
from eth.chains.base import MiningChain
from eth.constants import POST_MERGE_DIFFICULTY, POST_MERGE_MIX_HASH, POST_MERGE_NONCE
from eth.vm.forks.paris import ParisVM
from eth.vm.forks.paris.headers import create_paris_header_from_parent
from eth_utils.exceptions import ValidationError

from ledger.embedded.config import ChainConfig

_paris_header_from_parent = create_paris_header_from_parent()


class ZeroFeeParisVM(ParisVM):
    """Paris with a base fee of zero in every block and a constant gas limit."""

    fork = "paris-zero-fee"

    @staticmethod
    def create_header_from_parent(  # type: ignore[override] # py-evm names an older header class
        parent_header: BlockHeaderAPI | None, **header_params: Any
    ) -> BlockHeaderAPI:
        """A header on `parent_header` (None: genesis) with the given fields; base fee 0, gas limit of the parent."""
        if parent_header is not None:
            header_params["gas_limit"] = parent_header.gas_limit
        header = _paris_header_from_parent(parent_header, **header_params)
        return cast(BlockHeaderAPI, header.copy(base_fee_per_gas=0))

    @classmethod
    def validate_gas(cls, header: BlockHeaderAPI, parent_header: BlockHeaderAPI) -> None:
        """Raises py-evm's ValidationError when the base fee is not 0 or the gas limit moved."""
        if header.base_fee_per_gas != 0:
            raise ValidationError(f"base fee must stay 0, got {header.base_fee_per_gas}")
        if header.gas_limit != parent_header.gas_limit:
            raise ValidationError(f"gas limit must stay {parent_header.gas_limit}, got {header.gas_limit}")


class EmbeddedMiningChain(MiningChain):
    """py-evm's chain under these rules; `chain_class` gives it its id."""

    vm_configuration = ((0, ZeroFeeParisVM),)  # type: ignore[assignment]


def chain_class(chain_id: int) -> type[EmbeddedMiningChain]:
    """The py-evm chain class with this EIP-155 id."""
    return EmbeddedMiningChain.configure(chain_id=chain_id)


def genesis_header(config: ChainConfig, timestamp: int) -> BlockHeaderAPI:
    """The header of block 0: no accounts, no parent; its hash depends on gas limit, extra data and time."""
    return ZeroFeeParisVM.create_header_from_parent(
        None,
        difficulty=POST_MERGE_DIFFICULTY,
        nonce=POST_MERGE_NONCE,
        mix_hash=POST_MERGE_MIX_HASH,
        extra_data=config.extra_data.encode("ascii"),
        gas_limit=config.gas_limit,
        timestamp=timestamp,
    )
