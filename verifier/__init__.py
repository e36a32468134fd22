"""Checking: records, proofs and footprints, without keeping any state (the second floor of Tanju)."""
