"""The institution's record log: an RFC 6962 tree over its records, kept in the store.

`append_record` adds, `seal` signs a checkpoint and queues it for the chain, `proofs` answers questions. This package
*builds*; ``verifier/merkle.py`` and ``contracts/RecordLog.sol`` check, and were written separately.
"""

from ledger.log.append import append_record
from ledger.log.proofs import consistency_proof, inclusion_proof, root
from ledger.log.sequencer import Sequencer, seal

__all__ = ["Sequencer", "append_record", "consistency_proof", "inclusion_proof", "root", "seal"]
