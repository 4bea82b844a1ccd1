"""The words of which addresses are made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ROADS: Final[Mapping[str, str]] = {
    word: kind
    for kind, words in {
        "Calle": "calle cll cl cle",
        "Carrera": "carrera cra cr kra kr carr crr carera",
        "Avenida": "avenida av avda ave",
        "Diagonal": "diagonal diag dg dgn",
        "Transversal": "transversal transv trans trv tv tr transver",
        "Circular": "circular circ cir",
        "Vía": "via",
        "Autopista": "autopista autop aut",
    }.items()
    for word in words.split()
}
"""What a kind of road is called, whole and short."""
SHORT_ROADS: Final[Mapping[str, str]] = {"c": "Calle", "k": "Carrera"}
"""Single letters that name a road only right before a number."""
NAMED_ROADS: Final[Mapping[str, tuple[str, int | None, str | None]]] = {
    "murillo": ("Calle", 45, None),
    "olaya herrera": ("Carrera", 46, None),
    "veinte de julio": ("Carrera", 43, None),
    "20 de julio": ("Carrera", 43, None),
    "circunvalar": ("Avenida", None, "Circunvalar"),
    "circunvalacion": ("Avenida", None, "Circunvalar"),
    "boyaca": ("Calle", 30, None),
    "san blas": ("Calle", 35, None),
    "paseo bolivar": ("Calle", 34, None),
    "cordialidad": ("Avenida", None, "La Cordialidad"),
}
"""Roads of Barranquilla that people call by name: kind, number, name."""
NUMBER_SIGNS: Final = frozenset({"#", "numero", "num", "nro", "no", "nr", "numeral", "n"})
DASHES: Final = frozenset({"-", "guion", "raya", "menos", "rayita"})
CROSSING: Final = frozenset({"con", "y", "esquina", "por"})
QUADRANTS: Final[Mapping[str, str]] = {
    "sur": "Sur",
    "norte": "Norte",
    "este": "Este",
    "oriente": "Este",
    "oeste": "Oeste",
    "occidente": "Oeste",
}
LETTERS: Final = frozenset("abcdefghijklmn")
"""Letters behind the number of a road."""
DOUBTFUL_LETTERS: Final = frozenset("aen")
"""Of them, those that are words or signs, too: letters only where an address goes on behind them."""
COMPLEMENTS: Final[Mapping[str, str]] = {
    word: kind
    for kind, words in {
        "Apto": "apto apartamento apartaestudio ap apt",
        "Torre": "torre",
        "Casa": "casa",
        "Piso": "piso",
        "Bloque": "bloque bl blq",
        "Interior": "interior int",
        "Manzana": "manzana mz mza",
        "Lote": "lote lt",
        "Local": "local lc",
        "Oficina": "oficina ofic ofi",
        "Etapa": "etapa",
        "Portería": "porteria",
        "Entrada": "entrada",
    }.items()
    for word in words.split()
}
"""What follows an address: each is followed by a number or a letter."""
NAMED_COMPLEMENTS: Final[Mapping[str, str]] = {
    "edificio": "Edificio",
    "conjunto": "Conjunto",
    "urbanizacion": "Urbanización",
}
"""What follows an address with a name of its own."""
