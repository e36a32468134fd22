"""Written forms: company codes, multikeys, names, jurisdictions."""

import random

import pytest

USCC = "91310000631696382C"
LEI = "5493001KJTIIGC8Y1R12"
MULTIKEY = b"z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CAPITALS_AND_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.fixture(scope="module")
def form(deployment):
    functions = deployment.deploy("FormHarness").functions
    return lambda name, *values: deployment.ask(functions[name](*values))


@pytest.fixture(scope="module")
def bad_name(deployment, form):
    functions = deployment.deploy("FormHarness").functions

    def check(name, value):
        limits = [28] if name == "requireSlug" else []
        assert deployment.refusal(functions[name](value, *limits), "stranger") == ("BadName", (value,))

    return check


def test_credit_codes_of_real_companies(form):
    assert form("isUscc", USCC)
    assert form("isUscc", "91350100M000100Y43")  # the example of GB 32100-2015


def test_a_wrong_character_of_a_credit_code_is_found(form):
    for place in range(18):
        for character in CAPITALS_AND_DIGITS[place % 5 :: 5]:
            if character != USCC[place]:
                assert not form("isUscc", USCC[:place] + character + USCC[place + 1 :])


@pytest.mark.parametrize("code", ["", USCC[:17], USCC + "0", USCC.lower(), " " * 18, "0" * 17 + "I"])
def test_what_is_no_credit_code(form, code):
    assert not form("isUscc", code)


def test_check_characters_of_random_credit_codes(deployment, form):
    draw = random.Random(32100)
    for _ in range(30):
        first = "".join(draw.choice(USCC_ALPHABET) for _ in range(17))
        right = deployment.uscc(first)
        assert form("isUscc", right)
        assert not form("isUscc", first + draw.choice(USCC_ALPHABET.replace(right[-1], "")))


def test_entity_identifiers(form):
    assert form("isLei", LEI)
    assert form("isLei", "7LTWFZYICNSX8D621K86")
    for place in range(20):
        same_kind = "0123456789" if LEI[place].isdigit() else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        for character in same_kind.replace(LEI[place], ""):
            assert not form("isLei", LEI[:place] + character + LEI[place + 1 :])


@pytest.mark.parametrize("code", ["", LEI[:19], LEI + "0", LEI.lower(), LEI[:18] + "AB", LEI[:18] + "1!"])
def test_what_is_no_entity_identifier(form, code):
    assert not form("isLei", code)


def test_multikeys(form):
    assert form("isEd25519", MULTIKEY)
    for wrong in (b"", MULTIKEY[:-1], MULTIKEY + b"1", b"Z" + MULTIKEY[1:], b"z6LS" + MULTIKEY[4:]):
        assert not form("isEd25519", wrong)
    for character in b"0OIl +/_-\0\xff":
        assert not form("isEd25519", MULTIKEY[:20] + bytes([character]) + MULTIKEY[21:])


def test_base58_has_these_characters_only(form):
    alphabet = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    for character in range(256):
        assert form("isEd25519", MULTIKEY[:-1] + bytes([character])) is (character in alphabet)


@pytest.mark.parametrize("name", ["procurement", "a", "9", "state-enterprise-procurement", "steel-bf-bof"])
def test_slugs(deployment, form, name):
    form("requireSlug", deployment.name(name), len(name))


@pytest.mark.parametrize("name", ["", "-a", "a-", "Steel", "a b", "a_b", "a" * 29, "a\0b"])
def test_what_is_no_slug(deployment, bad_name, name):
    bad_name("requireSlug", deployment.name(name))


@pytest.mark.parametrize("name", ["RecordLog", "X" * 32, "!~", "PCR_NOT_EQUIVALENT"])
def test_printable_names(deployment, form, name):
    form("requirePrintable", deployment.name(name))


@pytest.mark.parametrize("name", [b"", b"a b", b"\x7f", b"\x20", b"a\0b", b"\0a", "碳".encode()])
def test_what_is_not_printable(bad_name, name):
    bad_name("requirePrintable", name.ljust(32, b"\0"))


@pytest.mark.parametrize(
    ("name", "country"),
    [("CN", "CN"), ("CN-SH", "CN"), ("JP", "JP"), ("JP-13", "JP"), ("GB-ENG", "GB"), ("FR-H", "FR")],
)
def test_jurisdictions(deployment, form, name, country):
    form("requireJurisdiction", deployment.name(name))
    assert form("countryOf", deployment.name(name)) == deployment.name(country)
    assert form("unpack", form("pack", deployment.name(name))) == deployment.name(name)


@pytest.mark.parametrize(
    "name",
    ["", "C", "CHN", "CN-", "CN-ABCD", "cn", "CN-sh", "CN_SH", "C1", "CN--A", "-CN", "CN-S H", "CN\0-SH", "CN-SH\0X"],
)
def test_what_is_no_jurisdiction(deployment, bad_name, name):
    bad_name("requireJurisdiction", deployment.name(name))


def test_no_two_jurisdictions_have_one_packed_form(deployment, form):
    draw = random.Random(3166)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    names = {"CN", "CN-SH", "CN-S", "CN-H", "CN-0", "CN-00", "CN-000", "AA", "ZZ", "ZZ-999", "AA-A"}
    for _ in range(60):
        country = "".join(draw.choices(letters, k=2))
        names |= {country, f"{country}-{''.join(draw.choices(CAPITALS_AND_DIGITS, k=draw.randrange(1, 4)))}"}
    packed = {name: form("pack", deployment.name(name)) for name in names}
    assert len(set(packed.values())) == len(names)
    assert all(form("unpack", number) == deployment.name(name) for name, number in packed.items())
    assert form("unpack", 0) == bytes(32)
