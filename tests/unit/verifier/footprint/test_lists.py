"""The closed lists: distinct codes, labels in both languages, and the literal types that repeat them."""

from typing import get_args

import pytest

from verifier.footprint.characterise import KINDS_BY_USE
from verifier.footprint.findings import FINDINGS
from verifier.footprint.model import Verdict
from verifier.formats.problems import PROBLEMS
from verifier.records import factors, inventory, lists

ALL = {name: value for name, value in vars(lists).items() if name.isupper() and isinstance(value, tuple)}


@pytest.mark.parametrize("name", sorted(ALL))
def test_codes_are_distinct_and_labelled(name):
    terms = ALL[name]
    assert len(lists.codes(terms)) == len(terms)
    assert all(term.code and term.zh and term.en for term in terms)
    assert lists.label(terms, terms[0].code, "zh") == terms[0].zh
    with pytest.raises(KeyError):
        lists.label(terms, "no such code", "en")


@pytest.mark.parametrize(
    ("literal", "terms"),
    [
        (inventory.Stage, lists.STAGES),
        (inventory.GwpName, lists.GWP_SETS),
        (inventory.ExchangeKind, lists.EXCHANGE_KINDS),
        (inventory.SystemBoundary, lists.SYSTEM_BOUNDARIES),
        (inventory.TransportMode, lists.TRANSPORT_MODES),
        (inventory.Allocation.model_fields["method"].annotation, lists.ALLOCATION_METHODS),
        (inventory.Rules.model_fields["end_of_life"].annotation, lists.END_OF_LIFE_MODELS),
        (inventory.Rules.model_fields["biogenic"].annotation, lists.BIOGENIC_RULES),
        (inventory.Flow.model_fields["kind"].annotation, lists.FLOW_KINDS),
        (factors.FactorKind, lists.FACTOR_KINDS),
        (factors.FactorEntry.model_fields["certainty"].annotation, lists.CERTAINTY),
        (factors.Licence.model_fields["redistribution"].annotation, lists.REDISTRIBUTION),
        (Verdict, lists.VERDICTS),
    ],
)
def test_the_models_allow_exactly_the_lists(literal, terms):
    assert frozenset(get_args(literal)) == lists.codes(terms)


def test_every_use_of_a_factor_names_kinds_of_the_list():
    assert all(kinds <= lists.codes(lists.FACTOR_KINDS) for kinds in KINDS_BY_USE.values())


@pytest.mark.parametrize("kinds", [FINDINGS, PROBLEMS])
def test_findings_and_problems_are_said_in_both_languages(kinds):
    for code, kind in kinds.items():
        assert code.isupper()
        assert kind.severity in ("info", "warning", "error")
        assert kind.zh
        assert kind.en
