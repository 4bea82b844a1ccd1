"""A question goes through stages, each with its own time; tokens leave while later ones are still being made."""

import trio

from smarthealth.actors import Pipeline, Stage, StageTimeout
from smarthealth.actors.pipeline import Emit


async def search(question: str, emit: Emit[str]) -> None:
    """Find sources, several at once would be fine."""
    await trio.sleep(0.01)
    for source in ("record 1", "record 2"):
        await emit(f"{question} in {source}")


async def read(source: str, emit: Emit[str]) -> None:
    """Read one source; two workers do this at once, and the order is kept."""
    await trio.sleep(0.02 if source.endswith("1") else 0.01)
    await emit(source.upper())


async def tokens(text: str, emit: Emit[str]) -> None:
    """Emit word by word."""
    for word in text.split():
        await emit(word)


async def main() -> None:
    """Run it, then run out of time."""
    words: list[str] = []

    async def show(word: str) -> None:
        words.append(word)

    stages = (Stage("search", search, timeout=1.0), Stage("read", read, concurrency=2), Stage("tokens", tokens))
    await Pipeline(stages=stages).run("hemoglobin", show)
    assert words == ["HEMOGLOBIN", "IN", "RECORD", "1", "HEMOGLOBIN", "IN", "RECORD", "2"]

    hasty = Stage("search", search, timeout=0.001)
    late = ""
    try:
        await Pipeline(stages=(hasty, *stages[1:])).run("hemoglobin", show)
    except StageTimeout as timeout:
        late = timeout.stage
    assert late == "search"


if __name__ == "__main__":
    trio.run(main)
