"""Characterisation factors: named, hashed sets of global warming potentials over 100 years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import Final

from verifier.canonical import digest_of, parse
from verifier.decimals import to_fraction
from verifier.footprint.errors import GwpUnknownError

GWP_SCHEMA: Final = "tanju/gwp-set/1"


@dataclass(frozen=True, slots=True)
class GwpSet:
    """A set of characterisation factors.

    ``factors`` are kg CO2e per kg of gas, by gas of the closed list; ``digest`` is the tagged SHA-256 of the set's
    canonical bytes, so that a result can say exactly which numbers it used.
    """

    name: str
    digest: str
    source: str
    factors: Mapping[str, Fraction]

    def factor(self, gas: str) -> Fraction | None:
        """Return the factor of `gas`, None when the set has none.

        Methane without origin takes the higher of the two values and carbon dioxide without origin that of fossil
        carbon dioxide; the caller lists both as findings.
        """
        if gas == "ch4":
            return max(self.factors["ch4-fossil"], self.factors["ch4-biogenic"])
        if gas == "co2":
            return self.factors["co2-fossil"]
        return self.factors.get(gas)


@cache
def load_gwp(name: str) -> GwpSet:
    """Load a shipped set and check its bytes against the published digest.

    Raises:
        GwpUnknownError: no set of that name, or its file is not the published one.
    """
    folder = resources.files("verifier").joinpath("data", "gwp")
    digests = parse(folder.joinpath("digests.json").read_bytes())
    if name not in digests:
        raise GwpUnknownError(f"no GWP set {name!r}", remedy=f"one of {', '.join(sorted(digests))}")
    data = folder.joinpath(f"{name}.json").read_bytes()
    digest = digest_of(data)
    if digest != digests[name]:
        raise GwpUnknownError(f"{name}.json has digest {digest}, not {digests[name]}", remedy="reinstall the package")
    value = parse(data)
    factors = {gas: to_fraction(text) for gas, text in value["factors"].items()}
    return GwpSet(name=name, digest=digest, source=value["source"], factors=factors)
