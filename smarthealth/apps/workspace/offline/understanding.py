"""From a person's words to the steps that they ask for.

Theory of operation. What stands in quotes is taken out first, so that no word of it is mistaken for a request. The rest is cut
into clauses: at full stops and at words for "then" always, at "and" and commas only where the next word is a verb that asks for
something. Each clause begins with its verb; the rest of it names the file, the content, the place. Content that stands without
quotes goes to the end of its clause. "It" is the file that was named last, in these words or earlier in the conversation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import attrs

from .phrases import (
    AND,
    BEHIND,
    COLON,
    CONNECTOR,
    CONTENT,
    COURTESY,
    FILE,
    FOLDER,
    INTO,
    METHOD,
    NAMED,
    PLACE,
    POINTED,
    POINTED_PATH,
    POINTS_BACK,
    QUOTED,
    URL,
    VERBS,
    Intent,
    Language,
)

_MARK = re.compile(r"\0(\d+)\0")
_A_FILE = re.compile(
    r"(?:un\s+|el\s+|a\s+|the\s+)?(?:nuevo\s+|new\s+)?(?:text\s+)?(?:archivo|fichero|file)\b", re.IGNORECASE
)
_A_TEXT = re.compile(r"^(?:el|la|este|esta|the|this)\s+(?:texto|frase|palabra|text|phrase|word)\s+", re.IGNORECASE)
_OF_FOLDER = re.compile(
    r"\b(?:en|de|in|of)\s+(?P<path>[\w\-.]+/[\w\-./]*)"
    r"|\b(?:contenido|contents?)\s+(?:de|of)\s+(?!la\b|el\b|the\b|this\b|est[ea]\b)(?P<name>[\w\-.]+)"
    r"|\s(?:en|in)\s+(?!(?:tot[ae]l|orden|order|general|detalle|detail|all|mi|my|la|el|the|this|est[ea])\b)(?P<last>[\w\-.]+)\s*[?.!]*\s*$",
    re.IGNORECASE,
)
_IN_FILE = re.compile(
    rf"\b(?:en|dentro\s+de|in|inside)\s+(?P<path>[\w\-./]*\w\.\w+|[\w\-.]+/[\w\-./]*|{POINTED_PATH})\s*[?.!]*\s*$",
    re.IGNORECASE,
)
"""Where is searched, at the end."""
_SHELL = re.compile(r"ls|dir", re.IGNORECASE)
_ARGUMENT = re.compile(r"\s+([\w.][\w\-.]*)\s*$")
"""What is listed, behind a verb of the shell."""
_SENTENCE_END = re.compile(r"(?<=[^./\\])\.+$")
"""Full stops behind a name; those of '.' and '..' are names themselves."""
_VERBS = tuple(
    (intent, language, re.compile(pattern, re.IGNORECASE | re.DOTALL)) for intent, language, pattern in VERBS
)


@attrs.frozen(kw_only=True)
class Step:
    """One thing that is asked for."""

    intent: Intent
    language: Language
    path: str | None = None
    """The file or folder; None when none was named."""
    content: str | None = None
    """What is to be written, sought, run or sent."""
    url: str | None = None
    method: str = "GET"


@attrs.frozen
class _Clause:
    """Words that ask for one thing, without their quotes."""

    intent: Intent
    language: Language
    verb: str
    rest: str


def understand(words: str, known: str | None = None) -> tuple[Step, ...]:
    """The steps that words ask for, in order; none when they ask for nothing that tools do.

    Args:
        words: A person's.
        known: The file that was spoken of last.
    """
    quotes: list[tuple[str, str]] = []

    def keep(match: re.Match[str]) -> str:
        inner = next(group for group in match.groups() if group is not None)
        if URL.fullmatch(inner):
            return inner
        quotes.append((match.group(), inner))
        return f"\0{len(quotes) - 1}\0"

    masked = QUOTED.sub(keep, words.replace("\0", " "))
    steps: list[Step] = []
    for clause in _clauses(masked):
        step = _read(clause, _Quotes(quotes), known)
        known = step.path or known
        steps.append(step)
    return tuple(steps)


@attrs.frozen
class _Quotes:
    """What stood in quotes, by number: with its marks and without."""

    texts: Sequence[tuple[str, str]]

    def put_back(self, text: str) -> str:
        """The text as it was said; quotation marks around all of it are no part of it."""
        whole = _MARK.fullmatch(text.strip())
        if whole:
            return self.texts[int(whole[1])][1]
        return _MARK.sub(lambda match: self.texts[int(match[1])][0], text)

    def first(self, text: str) -> str | None:
        """The first quote in a text, without its marks."""
        match = _MARK.search(text)
        return self.texts[int(match[1])][1] if match else None


def _clauses(text: str) -> Iterator[_Clause]:
    last: _Clause | None = None
    for piece in _pieces(text):
        clause = _clause(piece)
        if clause is None and last is not None and CONTENT.match(" " + piece):
            last = attrs.evolve(last, rest=f"{last.rest} {piece}")  # "… . Con el contenido X"
            continue
        if last is not None and clause is not None:
            yield last
        last = clause or last
    if last is not None:
        yield last


def _pieces(text: str) -> Iterator[str]:
    """The text cut where something new is asked for; a cut inside content without quotes is none."""
    begin = at = 0
    while match := _next_cut(text, at):
        after = text[match.end() :]
        content = _open_content(text[begin : match.start()])
        # content that has lines of its own, as code has, goes on to the end
        lines = content is not None and ("\n" in content or "\n" in match.group())
        sure = match.re is CONNECTOR and content is None
        if not lines and (_clause(after) is not None or (sure and after)):
            yield text[begin : match.start()]
            begin = match.end()
        at = match.end()
    yield text[begin:]


def _next_cut(text: str, at: int) -> re.Match[str] | None:
    cuts = [match for pattern in (CONNECTOR, AND) if (match := pattern.search(text, at))]
    return min(cuts, key=lambda match: match.start(), default=None)


def _open_content(text: str) -> str | None:
    """What stands in a text of content without quotes, the words before it included; None when there is none."""
    match = CONTENT.search(text)
    return text[match.start() :] if match is not None and _MARK.match(text[match.end() :]) is None else None


def _clause(text: str) -> _Clause | None:
    while (match := COURTESY.match(text)) and match.end():
        text = text[match.end() :]
    text = text.lstrip(" ¿¡,.:;")
    for intent, language, pattern in _VERBS:
        if match := pattern.match(text):
            return _Clause(intent, language, match.group(), text[match.end() :])
    return None


def _read(clause: _Clause, quotes: _Quotes, known: str | None) -> Step:
    rest = clause.rest
    content: str | None = None
    if clause.intent == "write" and FOLDER.match(rest):
        return Step(intent="folder", language=clause.language)
    if clause.intent in ("write", "append"):
        rest, content = _content(rest, quotes)
    url = URL.search(quotes.put_back(rest))
    step = Step(intent=clause.intent, language=clause.language)
    if clause.intent == "run":
        return attrs.evolve(step, content=_command(rest, quotes))
    if clause.intent == "fetch" and url:
        method = METHOD.search(rest)
        return attrs.evolve(step, url=url.group(), method=method.group() if method else "GET")
    if clause.intent == "search":
        return _search(step, rest, quotes)
    if clause.intent == "list":
        return attrs.evolve(step, path=_listed(clause, quotes))
    path = _path(rest, quotes)
    if path is None and POINTS_BACK.search(clause.verb + rest):
        path = known
    return attrs.evolve(step, path=path, content=content)


def _listed(clause: _Clause, quotes: _Quotes) -> str | None:
    """The folder whose files are to be listed, None for the conversation's own."""
    pointed, place = POINTED.search(clause.rest), PLACE.search(clause.rest)
    if pointed or place:
        return _clean(quotes.put_back((pointed or place)["path"]))  # type: ignore[index] # one of them is there
    other = _OF_FOLDER.search(clause.rest)
    if other is None and _SHELL.fullmatch(clause.verb):
        other = _ARGUMENT.match(clause.rest)
    return _clean(next(group for group in other.groups() if group)) if other else None


def _content(rest: str, quotes: _Quotes) -> tuple[str, str | None]:
    """What is to be written, and the words without it."""
    match = CONTENT.search(rest)
    if match:
        return _content_after(rest[: match.start()], rest[match.end() :], quotes)
    into = INTO.match(rest)
    if into and not _A_FILE.match(into["content"]):
        return into["path"], quotes.put_back(_A_TEXT.sub("", into["content"]))
    colon = COLON.search(rest)
    if colon:
        return rest[: colon.start("content")], quotes.put_back(colon["content"].strip())
    marks = list(_MARK.finditer(rest))
    named = FILE.search(rest)
    if len(marks) == 1 and named:  # a file by its name, and something in quotes
        return rest.replace(marks[0].group(), " "), quotes.put_back(marks[0].group())
    if len(marks) > 1:  # the first names the file, the second is what it says
        return rest[: marks[1].start()], quotes.put_back(marks[1].group())
    return rest, None


def _content_after(before: str, said: str, quotes: _Quotes) -> tuple[str, str]:
    """The same where words say that content follows: to the end of its quotes, or of what was said."""
    mark = _MARK.match(said)
    behind = said[mark.end() :] if mark else ""
    if mark and not re.match(r"\S", behind.lstrip(".,!?")):  # what follows the quotes is about the file again
        return f"{before} {behind}", quotes.put_back(mark.group())
    # "… que diga hola en notas.txt": the file stands behind the content where none stands before it
    tail = BEHIND.search(said)
    if tail and _path(before, quotes) is None:
        return before + tail.group(), quotes.put_back(said[: tail.start()].strip())
    return before, quotes.put_back(said.strip())


def _path(rest: str, quotes: _Quotes) -> str | None:
    place = PLACE.search(rest)
    folder = _clean(quotes.put_back(place["path"])) if place else ""
    if place:
        rest = rest[: place.start()] + rest[place.end() :]
    quoted = quotes.first(rest)
    if quoted is not None:
        found: str | None = quoted
    elif match := POINTED.search(rest) or FILE.search(rest):
        found = match["path"]
    elif match := NAMED.search(rest):
        found = quotes.put_back(match["path"] or match["name"])
    elif match := re.search(r"(?<!\w)(?P<path>[\w\-]+(?:/[\w\-]+)+|[A-Z][\w\-]*file)\b", rest):
        found = match["path"]
    else:
        return None
    return _clean(f"{folder}/{found}" if folder else str(found))


def _clean(path: str) -> str:
    return _SENTENCE_END.sub("", path.strip().strip(",;:!?"))


def _command(rest: str, quotes: _Quotes) -> str | None:
    said = re.sub(r"^\s*(?:el|la|este|the|this)?\s*(?:comando|orden|command)?\s*:?\s*", "", rest, flags=re.IGNORECASE)
    return quotes.put_back(said.strip(" .!?")).strip() or None


def _search(step: Step, rest: str, quotes: _Quotes) -> Step:
    place = PLACE.search(rest)
    file = None
    if place:
        rest = rest[: place.start()] + rest[place.end() :]
    elif match := _IN_FILE.search(rest):
        file = _clean(match["path"])
        rest = rest[: match.start()]
    said = re.sub(
        r"\s+(?:en|in)\s+(?:todos\s+)?(?:los|mis|the|all|my)?\s*(?:the\s+)?(?:archivos|ficheros|files)?\s*[?.!]*\s*$",
        "",
        rest,
    )
    said = re.sub(r"^\s*(?:en|in)\s+(?:(?:todos|los|mis|all|the|my)\s+)*(?:archivos|ficheros|files)\b", "", said)
    said = re.sub(
        r"^\s*(?:(?:los\s+|the\s+|all\s+|todos\s+los\s+)?(?:archivos?|ficheros?|files?)\s+(?:que\s+(?:contengan|contienen|mencionen|mencionan|digan|tengan)|containing|that\s+contain|which\s+contain|with|con)\s+)?"
        r"(?:(?:la|el|the|de|del|sobre|about|for)\s+)*(?:(?:palabra|texto|frase|t[eé]rmino|word|text|phrase|term)\s+)?",
        "",
        said,
        flags=re.IGNORECASE,
    )
    query = quotes.first(said) or quotes.put_back(said).strip(" .!?¿¡")
    path = _clean(quotes.put_back(place["path"])) if place else file
    return attrs.evolve(step, content=query or None, path=path)
