"""The Consortium: who the authorities are, whom they govern and what they may grant."""

import pytest

ZERO = "0x" + "00" * 20


def test_the_authorities_are_those_given(world):
    listed = world.ask(world.consortium.functions.authorities())
    assert world.ask(world.consortium.functions.authorityCount()) == len(listed) == 6
    assert (world.accounts["shanghai"], world.name("CN-SH"), 0) in listed
    assert (world.accounts["cnca"], world.name("CN"), 0b0010) in listed
    assert (world.accounts["abroad"], world.name("JP"), 0b1110) in listed


@pytest.mark.parametrize(
    ("account", "jurisdiction", "is_its", "governs"),
    [
        ("shanghai", "CN-SH", True, True),
        ("shanghai", "CN", False, False),
        ("shanghai", "CN-ZJ", False, False),
        ("cnca", "CN", True, True),
        ("cnca", "CN-SH", False, True),
        ("cnca", "CN-ZJ", False, True),
        ("cnca", "JP", False, False),
        ("abroad", "JP", True, True),
        ("abroad", "JP-13", False, True),
        ("abroad", "CN", False, False),
        ("body", "CN-SH", False, False),
        ("stranger", "", False, False),
        ("cnca", "", False, False),
    ],
)
def test_who_governs_whom(world, account, jurisdiction, is_its, governs):
    consortium, address, name = world.consortium.functions, world.accounts[account], world.name(jurisdiction)
    assert world.ask(consortium.isAuthorityOf(address, name)) is is_its
    assert world.ask(consortium.governs(address, name)) is governs


def test_jurisdictions(world):
    consortium = world.consortium.functions
    assert world.ask(consortium.jurisdictionOf(world.accounts["zhejiang"])) == world.name("CN-ZJ")
    assert world.ask(consortium.jurisdictionOf(world.accounts["stranger"])) == bytes(32)
    for name, expected in (("CN", True), ("CN-SH", True), ("JP", True), ("JP-13", False), ("CN-JS", False)):
        assert world.ask(consortium.isJurisdiction(world.name(name))) is expected


@pytest.mark.parametrize(
    ("account", "kinds"), [("cnca", {1}), ("cnas", {2}), ("samr", {3}), ("shanghai", set()), ("abroad", {1, 2, 3})]
)
def test_who_may_grant_what(world, account, kinds):
    for kind in (0, 1, 2, 3, 4, 8, 255):
        may = world.ask(world.consortium.functions.mayGrant(world.accounts[account], kind))
        assert may is (kind in kinds)


def test_each_authority_is_announced(world):
    directory = world.directory.address
    one, two = world.accounts["cnca"], world.accounts["shanghai"]
    contract = world.deploy("Consortium", directory, [(one, world.name("CN"), 2), (two, world.name("CN-SH"), 0)])
    block = world.web3.eth.get_block("latest")
    receipt = world.web3.eth.get_transaction_receipt(block["transactions"][0])
    assert world.events(receipt, contract) == [
        ("AuthorityAdmitted", {"account": one, "jurisdiction": world.name("CN"), "grants": 2}),
        ("AuthorityAdmitted", {"account": two, "jurisdiction": world.name("CN-SH"), "grants": 0}),
    ]


def test_refusals(world, refused_deployment):
    one, two = world.accounts["cnca"], world.accounts["cnas"]
    good = (one, world.name("CN"), 2)
    assert refused_deployment([]) == ("NoAuthority", ())
    assert refused_deployment([good, (ZERO, world.name("CN"), 0)]) == ("ZeroAccount", ())
    assert refused_deployment([good, (one, world.name("JP"), 0)]) == ("DuplicateAuthority", (one,))
    for grants in (1, 16, 128, 255):
        assert refused_deployment([(two, world.name("CN"), grants)]) == ("UnknownGrants", (grants,))
    for name in ("", "cn", "China", "CN-"):
        assert refused_deployment([(two, world.name(name), 0)]) == ("BadName", (world.name(name),))


@pytest.fixture
def refused_deployment(world):
    return lambda authorities: world.refused_deployment("Consortium", world.directory.address, authorities)
