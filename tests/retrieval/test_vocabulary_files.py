"""The vocabulary that is shipped."""

from __future__ import annotations

import re
from collections import Counter

from smarthealth.retrieval.vocabulary_files import (
    read_concepts,
    read_known_words,
    read_purposes,
    read_word_pairs,
    vocabulary_digest,
)

CONCEPTS = list(read_concepts())
IDS = {concept.id for concept in CONCEPTS}


def test_every_concept_has_an_id_of_its_own() -> None:
    """Ids are unique and made of lower-case letters, digits and hyphens."""
    assert [name for name, count in Counter(concept.id for concept in CONCEPTS).items() if count > 1] == []
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in IDS)


def test_every_parent_is_a_concept() -> None:
    """Kinship leads to concepts that exist, and nobody is their own ancestor."""
    parents = {concept.id: set(concept.parents) for concept in CONCEPTS}
    assert set().union(*parents.values()) <= IDS
    while parents:
        roots = {name for name, above in parents.items() if not above & parents.keys()}
        assert roots, f"a circle among {sorted(parents)}"
        parents = {name: above for name, above in parents.items() if name not in roots}


def test_every_purpose_leads_from_a_concept_to_a_class_of_drugs() -> None:
    """What is given for something is a medication, and both are concepts."""
    kinds = {concept.id: concept.kinds for concept in CONCEPTS}
    assert all(given in IDS and "medication" in kinds[drug] for given, drug in read_purposes().items())


def test_every_code_is_well_formed() -> None:
    """Codes of LOINC and SNOMED CT have right check digits; those of CVX and RxNorm are numbers."""
    for concept in CONCEPTS:
        for code in concept.codes:
            system, _, value = code.partition(":")
            checks = {"loinc": is_loinc, "snomed": is_snomed, "rxnorm": str.isdigit, "cvx": str.isdigit}
            assert checks[system](value), f"{concept.id} {code}"


def test_a_code_belongs_to_one_concept_of_a_kind() -> None:
    """No code names two concepts of the same kind of record."""
    owners = Counter((code, kind) for concept in CONCEPTS for code in concept.codes for kind in concept.kinds)
    assert [owner for owner, count in owners.items() if count > 1] == []


def test_word_pairs_hold_both_languages() -> None:
    """A pair of general words has a Spanish and an English side."""
    pairs, everyday = set(read_word_pairs()), set(read_word_pairs("everyday"))
    assert {("rodilla", "knee"), ("herida", "wound")} <= pairs
    assert ("viaje", "trip") in everyday
    assert all(one and other for one, other in pairs | everyday)


def test_known_words_are_folded() -> None:
    """Common words are held as they are looked up."""
    assert {"concepto", "adios"} & read_known_words() == {"concepto"}
    assert all(word.isascii() and word.islower() for word in read_known_words())


def test_the_digest_is_of_the_files() -> None:
    """It is short and the same each time."""
    assert vocabulary_digest() == vocabulary_digest()
    assert re.fullmatch(r"[0-9a-f]{16}", vocabulary_digest())


def is_loinc(code: str) -> bool:
    """Check a LOINC code's last digit (Luhn)."""
    number, _, check = code.partition("-")
    total = 0
    for place, digit in enumerate(reversed(number)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled // 10 + doubled % 10
    return check.isdigit() and (10 - total % 10) % 10 == int(check)


def is_snomed(code: str) -> bool:
    """Check a SNOMED CT identifier's last digit (Verhoeff)."""
    product = [[(i + j) % 5 if i < 5 and j < 5 else 0 for j in range(10)] for i in range(10)]
    for i in range(10):
        for j in range(10):
            if i < 5 <= j:
                product[i][j] = (i + j - 5) % 5 + 5
            elif j < 5 <= i:
                product[i][j] = (i - 5 - j) % 5 + 5
            elif i >= 5 and j >= 5:
                product[i][j] = (i - j) % 5
    permutation = [list(range(10)), [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]]
    for _ in range(6):
        permutation.append([permutation[-1][digit] for digit in permutation[1]])
    check = 0
    for place, digit in enumerate(reversed(code)):
        check = product[check][permutation[place % 8][int(digit)]]
    return check == 0
