"""Which medicines a sentence names, which of them this person must not take, and whether the sentence advises one of those."""

from __future__ import annotations

import re
from typing import Final

import attrs

from smarthealth.apps.doctor.agents.reading import read, terms_in, told_allergies
from smarthealth.apps.doctor.case import Case
from smarthealth.apps.doctor.knowledge.loading import load_terms
from smarthealth.retrieval.words import fold, set_of

ADULT: Final = 16.0
"""Years; below it what is not for children is not advised (aspirin, by the rule on Reye's syndrome of NHS and MHRA)."""
_TOO_WIDE: Final = frozenset({"antibiotic"})
"""Who does not bear one antibiotic may take others."""
_NO_MEDICINE: Final = set_of(
    "asthma copd heart-failure heart-disease atrial-fibrillation stroke thrombosis bleeding-disorder sickle-cell anaemia "
    "immunosuppression chemotherapy transplant hiv cancer hypertension pregnancy breastfeeding stomach-ulcer "
    "inflammatory-bowel-disease coeliac kidney-disease kidney-stone liver-disease diabetes glaucoma hyperthyroidism "
    "hypothyroidism sleep-apnoea epilepsy depression-history bipolar dementia parkinson myasthenia enlarged-prostate "
    "gout-history rheumatoid-arthritis osteoporosis g6pd artery-disease migraine-aura nuts milk egg fish wheat soy bee-sting "
    "latex pollen honey contrast stimulant oral-rehydration"
)
"""Terms that name what people have or eat; all others are medicines."""
_CHILD: Final = re.compile(
    r"\b(?:my (?:son|daughter|child|kid|toddler|baby|infant|newborn|boy|girl)|mi (?:hij[oa]|nin[oa]|bebe|peque\w*))\b"
    r"(?!\D{0,30}\b(?:1[6-9]|[2-9]\d) (?:years?|anos))"
)

_ENCOURAGING: Final = re.compile(
    r"\b(?:no (?:problem|harm|need to worry|doubt|risk|hay problema|pasa nada|dude|se preocupe|tema)|(?:do not|don'?t|don t|never|no|nunca)"
    r" (?:hesitate|worry|be afraid|stop|quit|skip|forget|deje|suspenda|olvide|interrumpa|pare)|not only|no solo|why not|por que no)\b"
)
_TURN: Final = (
    r"(?=[.;]|(?:[,:] | and | y | then )(?:(?:mejor|better|instead|rather) )?(?:take|try|use|tome|use|pruebe|mejor|prefiera|puede|you can)\b|"
    r",? (?:but|pero|sino)\b|$)"
)
_WARNING: Final = re.compile(
    r"\b(?:no|not|never|avoid\w*|cannot|nunca|jamas|nada de|evit\w+|\w+n't|(?:don|can|won|shouldn|mustn) t|instead of|rather than|"
    r"en (?:lugar|vez) de|stop(?:ping)?|deje de|suspenda|(?:ask|pregunt\w+|consult\w+|speak|hable|talk|check)\b[^.;:]{0,60}\b(?:before|antes|whether|if|si))"
    rf"\b[^.;]*?{_TURN}|\balerg\w+ (?:a|al|to)\b[^.;:,]*|\ballerg(?:ic|y) to\b[^.;:,]*|\b\w+(?: allerg(?:y|ies)|-allerg\w+)\b"
)
"""From a word of warning to where the sentence turns."""
_CLAUSES: Final = re.compile(
    r";|,? (?:but|pero)\b|[,:] (?=(?:take|try|use|tome|pruebe)\b)|\b(?:and|y) (?=(?:take|try|use|tome|pruebe)\b)"
)
_HARMLESS: Final = re.compile(
    r"\b(?:while taking|mientras tom\w+|(?:if|si) (?:you |usted )?(?:already |ya )(?:take|toma)|exceso de|too much|overdose|sobredosis|"
    r"(?:can|may|might|could|pued\w+|podri\w+) (?:also |tambien )?(?:cause|damage|harm|interfere|worsen|irritate|trigger|thin|raise|increase|be dangerous|"
    r"danar|causar|empeorar|irritar|interferir|provocar|desencadenar|indicar|aumentar|subir|hacer dano|ser peligros)|"
    r"(?:make|making) (?:\w+ ){1,3}(?:worse|likelier|ache|bleed)|bring on|harms? an? unborn|is a penicillin too|es una penicilina|dar dolor|danan|told of an allergy|conto que es alergic\w+|"
    r"interfier\w+|favorecen|son peligros\w+|are dangerous|is dangerous|contraindic\w+|is risky|should be avoided|"
    r"(?:should|must|may|can|do|does|is|are) not|(?:shouldn|mustn|isn|aren|don|doesn)'?t|"
    r"no (?:l[ao]s? (?:tome|use)|debe|deben|se|es (?:segur|recom|para|acons)|son (?:segur|recom|para|acons)|conviene|convienen)|"
    r"only a professional|solo un profesional)"
)
"""A clause that tells of a medicine without advising it."""
_ADVICE: Final = re.compile(
    r"\b(?:take|try|use|give|tome|tomar|pruebe|dele|recom\w+|help\w*|ayud\w+|alivi\w+|relie\w+|sirve)\b"
)
_TOLD_AS_CAUSE: Final = re.compile(r"^\W*(?:likely|possible|less likely|probable|posible|menos probable):")
_ASKED: Final = re.compile(r"^\W*(?:do|does|are|have|has|did|is|toma|tomo|usa|ha|esta|le|tiene|suele)\b[^.]*\?")


@attrs.frozen(kw_only=True)
class Forbidden:
    """What must not be advised to one person."""

    ids: frozenset[str]

    def is_advised_in(self, sentence: str) -> bool:
        """Whether a folded sentence advises one of them; a mention that is no warning, no question and no cause counts."""
        if not terms_in(sentence) & self.ids:
            return False
        if _ASKED.search(sentence) or (_TOLD_AS_CAUSE.search(sentence) and not _ADVICE.search(sentence)):
            return False
        return any(
            bool(terms_in(_WARNING.sub(" , ", clause)) & self.ids)
            for clause in _CLAUSES.split(_ENCOURAGING.sub(" ", sentence))
            if not _HARMLESS.search(clause)
        )


def forbidden_for(case: Case) -> Forbidden:
    """What the profile and the person's own words, earlier ones too, forbid."""
    messages = [fold(said) for said in (*(one.message for one in case.history), case.message)]
    allergens = (*case.profile.drug_allergies, *(one for message in messages for one in told_allergies(message)))
    found = {one for allergen in allergens for one in _narrowed(terms_in(allergen))}
    circumstances = set()
    if case.profile.is_pregnant or "pregnancy" in read(case).terms:
        circumstances.add("pregnancy")
    if _is_child(case, messages):
        circumstances.add("childhood")
    found.update(term.id for term in load_terms().values() if circumstances & set(term.not_in))
    return Forbidden(ids=frozenset(found))


def names_medicine(text: str) -> bool:
    """Whether a folded text names a medicine by its own name, a brand or its class."""
    return bool(terms_in(text) - _NO_MEDICINE)


def _narrowed(ids: frozenset[str]) -> frozenset[str]:
    return ids - _TOO_WIDE or ids


def _is_child(case: Case, messages: list[str]) -> bool:
    told = (case.profile.years, read(case).years)
    return any(years is not None and years < ADULT for years in told) or any(
        _CHILD.search(message) for message in messages
    )
