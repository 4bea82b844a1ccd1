"""The file tools as an agent calls them: the work is done in threads, as many at once as the limiter allows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Final, TypeVar

import attrs
import trio

from smarthealth.llm.tooling import ToolSpec, make_tool
from smarthealth.wire.fields import between, length

from .files import Deleted, Files, Info, Listing, Piece, Written
from .paths import LONGEST_PATH
from .searching import Matches, Search

MOST_THREADS: Final = 4
"""Threads that work on files at once, in the whole process."""
LONGEST_QUERY: Final = 400
"""Characters."""
LONGEST_CONTENT: Final = 1024 * 1024
"""Characters that one call writes; what all the arguments of an answer may have."""
LARGEST_OFFSET: Final = 2**53
TIMEOUT: Final = 30.0
"""Seconds for one call."""

T = TypeVar("T")

FilePath = Annotated[
    str, "Ruta del archivo, relativa al directorio de la conversación: notas/plan.txt", length(1, LONGEST_PATH)
]
FolderPath = Annotated[str, "Ruta de la carpeta; '.' es el directorio de la conversación", length(0, LONGEST_PATH)]


@attrs.frozen
class FileTools:
    """Six tools over the files of one conversation."""

    files: Files
    limiter: trio.CapacityLimiter

    def specs(self) -> tuple[ToolSpec, ...]:
        """The tools."""
        return (
            make_tool(self.read_file, timeout=TIMEOUT),
            make_tool(self.write_file, timeout=TIMEOUT),
            make_tool(self.list_directory, timeout=TIMEOUT),
            make_tool(self.search_files, timeout=TIMEOUT + self.files.settings.search_time),
            make_tool(self.delete_file, timeout=TIMEOUT, needs_approval=True),
            make_tool(self.get_file_info, timeout=TIMEOUT),
        )

    async def read_file(
        self, path: FilePath, offset: Annotated[int, "Byte desde el que se lee", between(0, LARGEST_OFFSET)] = 0
    ) -> Piece:
        """Lee un archivo de texto. Uno largo se lee por partes: next_offset dice dónde sigue."""
        return await self._in_thread(partial(self.files.read, path, offset))

    async def write_file(
        self,
        path: FilePath,
        content: Annotated[str, "Texto que se escribe", length(0, LONGEST_CONTENT)],
        append: Annotated[bool, "Añadir al final en lugar de reemplazar"] = False,
    ) -> Written:
        """Crea un archivo de texto o reemplaza su contenido; las carpetas que faltan se crean."""
        return await self._in_thread(partial(self.files.write, path, content, append=append))

    async def list_directory(
        self, path: FolderPath = ".", recursive: Annotated[bool, "Incluir lo que hay en las carpetas"] = False
    ) -> Listing:
        """Lista los archivos y carpetas de una carpeta."""
        return await self._in_thread(partial(self.files.list, path, recursive=recursive))

    async def search_files(
        self,
        query: Annotated[str, "Texto literal que se busca, sin distinguir mayúsculas", length(1, LONGEST_QUERY)],
        path: FolderPath = ".",
    ) -> Matches:
        """Busca un texto en los nombres y las líneas de los archivos de una carpeta, o de un archivo."""
        search = Search(
            self.files.folder, query, self.files.settings.search_time, checkpoint=trio.from_thread.check_cancelled
        )
        return await self._in_thread(partial(search.run, path))

    async def delete_file(self, path: FilePath) -> Deleted:
        """Elimina un archivo o una carpeta vacía. Antes se pide aprobación a una persona."""
        return await self._in_thread(partial(self.files.delete, path))

    async def get_file_info(self, path: FolderPath) -> Info:
        """Dice el tipo, el tamaño y la fecha de un archivo o una carpeta."""
        return await self._in_thread(partial(self.files.info, path))

    async def _in_thread(self, work: Callable[[], T]) -> T:
        # never abandoned: a thread that writes when nobody waits any more would write into the next turn
        return await trio.to_thread.run_sync(work, limiter=self.limiter)
