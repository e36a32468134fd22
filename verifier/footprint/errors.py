"""The named errors of the calculation: each says which row it is about and what would be right.

They mean *could not be calculated*; what can be calculated but deserves a remark is a finding
(:mod:`verifier.footprint.findings`).
"""

from __future__ import annotations

from verifier.errors import VerifierError


class FootprintError(VerifierError):
    """An inventory that has no calculable footprint.  ``row`` is the id of the exchange, process or flow."""

    code = "FOOTPRINT"

    def __init__(self, detail: str, *, row: str | None = None, remedy: str = "", code: str | None = None) -> None:
        super().__init__(f"{row}: {detail}" if row else detail, remedy=remedy, code=code)
        self.row = row


class DuplicateIdError(FootprintError):
    """Two flows, processes or exchanges with one id."""

    code = "ID_DUPLICATE"


class UnknownIdError(FootprintError):
    """A row that names a process or flow that the inventory does not have."""

    code = "ID_UNKNOWN"


class ReferenceMissingError(FootprintError):
    """A process without the output (or treated waste) that it is scaled by, or a demand that nothing meets."""

    code = "REFERENCE_MISSING"


class ProviderError(FootprintError):
    """A provider that does not exist or does not supply the flow."""

    code = "PROVIDER_UNKNOWN"


class FactorUnknownError(FootprintError):
    """A reference to a factor that no loaded dataset contains."""

    code = "FACTOR_UNKNOWN"


class FactorKindError(FootprintError):
    """A factor of one kind standing where another kind is needed (a direct-CO2 factor as a life-cycle factor)."""

    code = "FACTOR_KIND"


class FactorUnitError(FootprintError):
    """A factor whose unit is not a mass of CO2e (or CO2) per unit of a flow."""

    code = "FACTOR_UNIT"


class LicensedBackgroundError(FootprintError):
    """A licensed background value that only a holder of the licence can supply."""

    code = "LICENSED_BACKGROUND"


class RowUnitError(FootprintError):
    """A row whose unit is unknown or does not fit its flow; ``code`` is that of the unit error."""

    code = "UNIT_UNKNOWN"


class AllocationError(FootprintError):
    """A process whose burdens cannot be divided as it says."""

    code = "ALLOCATION"


class NotSquareError(FootprintError):
    """A system with another number of processes than of products."""

    code = "SYSTEM_NOT_SQUARE"


class SingularError(FootprintError):
    """A loop of processes that nets out to nothing: no scaling meets the demand."""

    code = "SYSTEM_SINGULAR"


class NotProductiveError(FootprintError):
    """A loop of processes that consumes at least as much as it makes (spectral radius ≥ 1)."""

    code = "SYSTEM_NOT_PRODUCTIVE"


class NegativeSupplyError(FootprintError):
    """A process that would have to run backwards, without an avoided product to explain it."""

    code = "NEGATIVE_SUPPLY"


class PrecisionError(FootprintError):
    """A value so close to a rounding boundary that neither the bound nor an exact solve within limits decides."""

    code = "PRECISION"


class RangeError(FootprintError):
    """A number beyond what a decimal string or the solve can hold (18 integer digits)."""

    code = "OUT_OF_RANGE"


class GwpUnknownError(FootprintError):
    """A set of characterisation factors that is not shipped, or whose bytes are not the published ones."""

    code = "GWP_UNKNOWN"
