import json

import pytest

from smarthealth.apps.workspace.offline.answering import ask_back, say
from smarthealth.apps.workspace.offline.understanding import Step, understand


@pytest.mark.parametrize(
    ("words", "result", "answer"),
    [
        ("crea a.txt", {"path": "a.txt", "size": 0}, "Archivo a.txt creado exitosamente."),
        ("lee a.txt", "hola\n", "Contenido de a.txt:\nhola"),
        ("lee a.txt", {"path": "a.txt", "content": "hola", "size": 4}, "Contenido de a.txt:\nhola"),
        ("lee a.txt", "", "El archivo a.txt está vacío."),
        ("lee a.txt", {"odd": 1}, 'Contenido de a.txt:\n{"odd": 1}'),
        ("lee a.txt", 12, "Contenido de a.txt:\n12"),
        (
            "lista los archivos",
            {"entries": [{"name": "a", "size": 3}, {"name": "b"}]},
            "Archivos (2):\n- a (3 bytes)\n- b",
        ),
        ("lista los archivos", ["a", "b"], "Archivos (2):\n- a\n- b"),
        ("lista los archivos", "a\n\nb", "Archivos (2):\n- a\n- b"),
        ("lista los archivos", {"entries": []}, "No hay archivos."),
        (
            "busca hola",
            {"matches": [{"path": "a", "line": 2, "text": " hola "}]},
            "«hola» aparece en (1):\n- a:2: hola",
        ),
        ("busca hola", {"matches": []}, "No encontré «hola»."),
        ("borra a.txt", {"path": "a.txt"}, "Archivo a.txt eliminado."),
        ("información de a.txt", {"path": "a.txt", "size": 3}, "Información de a.txt:\n- size: 3"),
        ("información de a.txt", "odd", "Contenido de a.txt:\nodd"),
        ("ejecuta ls", {"stdout": "a\n", "exit_code": 0}, "Salida del comando:\na"),
        ("ejecuta ls", {"stdout": ""}, "El comando terminó sin salida."),
        ("ejecuta ls", "a\n", "Salida del comando:\na"),
        ("ejecuta ls", {"output": "a\n"}, "Salida del comando:\na"),
        (
            "ejecuta ls x",
            {"stdout": "", "stderr": "ls: x: not there\n", "exit_code": 2},
            "El comando terminó con el código 2:\nls: x: not there",
        ),
        (
            "ejecuta ls a x",
            {"stdout": "a\n", "stderr": "ls: x: not there\n", "exit_code": 2},
            "El comando terminó con el código 2:\na\n\nErrores:\nls: x: not there",
        ),
        ("run grep x a", {"stdout": "", "exit_code": 1}, "The command ended with code 1, without output."),
        ("ejecuta ls", {"stdout": "", "exit_code": -9}, "El comando fue terminado por la señal 9, sin salida."),
        (
            "ejecuta cat a",
            {"stdout": "a", "stderr": "", "stopped": "Demasiado.", "output_file": "salidas/1.txt"},
            "Salida del comando:\na\n\nDemasiado.\n\nToda la salida está en salidas/1.txt.",
        ),
        (
            "lee a.txt",
            {"path": "a.txt", "content": "hola", "size": 9, "next_offset": 4},
            "Contenido de a.txt:\nhola\n… (primera parte de 9 bytes)",
        ),
        (
            "descarga https://x.org/a",
            {"status": 404, "body": "no such page"},
            "https://x.org/a respondió con el código 404:\nno such page",
        ),
        (
            "fetch https://x.org/a",
            {"status": 503, "body": ""},
            "https://x.org/a answered with status 503, without content.",
        ),
        ("descarga https://x.org/a", {"status": 204, "body": ""}, "Respuesta de https://x.org/a: vacía."),
        ("descarga https://x.org/a", {"status": 200, "body": "hi"}, "Respuesta de https://x.org/a:\nhi"),
        ("borra a.txt", {"error": "no existe"}, "No se pudo completar «a.txt»: no existe"),
        ("delete a.txt", {"error": "refused"}, "“a.txt” could not be done: refused"),
    ],
)
def test_results_are_told_in_words(words: str, result: object, answer: str) -> None:
    """From what the tool says alone, whatever its shape."""
    content = result if isinstance(result, str) else json.dumps(result)
    assert say(understand(words)[0], content) == answer


def test_long_lists_are_shortened() -> None:
    """The rest is counted."""
    answer = say(understand("lista los archivos")[0], json.dumps([str(number) for number in range(60)]))
    assert answer.endswith("- 49\n- … y 10 más")


@pytest.mark.parametrize(
    ("step", "asked"),
    [
        (Step(intent="read", language="es"), "¿Qué archivo? Dime su nombre, por ejemplo: notas.txt."),
        (Step(intent="delete", language="en"), "Which file? Tell me its name, for example: notes.txt."),
        (Step(intent="search", language="es"), "¿Qué texto busco?"),
        (Step(intent="run", language="en"), "Which command shall I run?"),
        (
            Step(intent="folder", language="en"),
            "Folders are made by writing a file in them, for example: create docs/notes.txt.",
        ),
        (Step(intent="list", language="es"), None),
        (Step(intent="write", language="es"), None),
    ],
    ids=["read", "delete", "search", "run", "folder", "list", "write"],
)
def test_what_is_missing_is_asked_for(step: Step, asked: str | None) -> None:
    """No tool is called with a guess."""
    assert ask_back(step) == asked
