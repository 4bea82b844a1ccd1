"""The examples: lines written for the purpose by two hands, in the tables of `data`, with what may stand in for parts of them.

A line has a language, a label, a category and a text. `{mamá|tía}` in a text stands for either. All messages of one line are one
group, and a group is never split between learning and judging.
"""

from __future__ import annotations

import csv
import io
import random
import re
from importlib.resources import files
from math import prod
from typing import Final

import attrs

LANGUAGES: Final = ("es", "en")
EMERGENCY: Final = "emergency"
"""The label of those that are one."""
MOST_VARIANTS: Final = 6
"""Messages that are made of one line."""
MIXED: Final = "mixed"
"""Category of emergencies of any kind, which teach nothing of kinds."""
_KINDS: Final = {
    MIXED: "short_phrases long_story emergency_now",
    "chest": "cardiac embolism aorta dvt_breathless",
    "stroke": "tia",
    "breathing": "asthma",
    "spine": "cauda_equina spine_injury limb",
    "conscious": "unconscious confusion adrenal_crisis",
    "fit": "seizure",
    "bleeding": "gi_bleed nosebleed postop",
    "allergy": "anaphylaxis tongue_swelling",
    "choking": "food_bolus battery_magnet foreign_body",
    "poison": "poisoning_household poisoning_medicine poisoning_plants poisoning_pesticide carbon_monoxide",
    "overdose": "alcohol",
    "suicide": "suicide",
    "violence": "psychosis",
    "infant": "child_lethargic",
    "pregnancy": "pregnancy_labour pregnancy_bleeding pregnancy_no_movement preeclampsia postpartum ectopic",
    "diabetes": "hypoglycaemia dka",
    "numbers": "vitals",
    "infection": "sepsis meningitis dialysis",
    "belly": "abdomen testicular_torsion priapism_urinary",
    "heat_cold": "heat_stroke hypothermia",
    "water": "drowning",
    "electric": "electric_shock",
    "bite": "bite_snake bite_scorpion_spider bite_other",
    "trauma": "head_injury penetrating fracture",
    "burn": "burn_thermal burn_chemical burn_inhalation",
}
_KIND_OF: Final = {name: kind for kind, names in _KINDS.items() for name in names.split()}
"""Categories of the second hand, which are finer, by those of the first."""
_TRIES: Final = 3
_CHOICE: Final = re.compile(r"\{([^{}]*)\}")
_SPACES: Final = re.compile(r"\s+")


@attrs.frozen(kw_only=True)
class Example:
    """A message and what it is."""

    text: str
    language: str
    is_emergency: bool
    category: str
    group: int
    """Number of its line over all files."""
    weight: float
    """Messages of a line with many weigh less each, and more together."""


def load_examples(seed: int) -> list[Example]:
    """All messages, the same for the same seed."""
    chance = random.Random(seed)
    folder = files(__package__) / "data"
    examples: list[Example] = []
    group = 0
    for name in sorted(file.name for file in folder.iterdir() if file.name.endswith(".tsv")):
        for line in csv.DictReader(
            io.StringIO((folder / name).read_text("utf-8")), dialect="excel-tab", quoting=csv.QUOTE_NONE
        ):
            found = variants(line["text"], chance)
            examples += (
                Example(
                    text=one,
                    language=line["lang"],
                    is_emergency=line["label"] == EMERGENCY,
                    category=_KIND_OF.get(line["category"], line["category"]),
                    group=group,
                    weight=len(found) ** -0.5,
                )
                for one in found
            )
            group += 1
    return examples


def variants(pattern: str, chance: random.Random) -> list[str]:
    """Some of the messages that a line stands for, all different."""
    parts = _CHOICE.split(pattern)
    choices = [part.split("|") if place % 2 else [part] for place, part in enumerate(parts)]
    wanted = min(MOST_VARIANTS, prod(len(choice) for choice in choices))
    found: dict[str, None] = {}
    for _ in range(_TRIES * wanted):
        if len(found) < wanted:
            made = "".join(chance.choice(choice) for choice in choices)
            found[_SPACES.sub(" ", made).strip().replace(" ,", ",")] = None
    return list(found)
