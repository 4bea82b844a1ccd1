import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.workspace.offline.understanding import Step, understand


def _brief(step: Step) -> tuple[str, str | None, str | None]:
    return step.intent, step.path, step.content


@pytest.mark.parametrize(
    ("words", "steps"),
    [
        ("Crea un archivo test.txt", [("write", "test.txt", None)]),
        ("Hola, crea un archivo", [("write", None, None)]),
        ("Lista archivos", [("list", None, None)]),
        ('Crea un archivo llamado notas.txt con el contenido "Hola mundo"', [("write", "notas.txt", "Hola mundo")]),
        ("crea notas.txt con el contenido hola y adiós", [("write", "notas.txt", "hola y adiós")]),
        ("Crea a.txt que diga hola y luego léelo", [("write", "a.txt", "hola"), ("read", "a.txt", None)]),
        (
            "Por favor, ¿puedes crear un archivo informe.md con el texto: Ventas del mes",
            [("write", "informe.md", "Ventas del mes")],
        ),
        ("Crea un archivo saludo.txt en la carpeta textos con el contenido Hola", [("write", "textos/saludo.txt", "Hola")]),
        ("Guarda un archivo README con el texto Bienvenido", [("write", "README", "Bienvenido")]),
        (
            'Crea un archivo llamado "lista de compras.txt" con "pan y leche"',
            [("write", "lista de compras.txt", "pan y leche")],
        ),
        (
            'Crea datos/config.json con el contenido {"a": 1, "b": [2, 3]}',
            [("write", "datos/config.json", '{"a": 1, "b": [2, 3]}')],
        ),
        ("escribe comprar pan en lista.txt", [("write", "lista.txt", "comprar pan")]),
        ("Escribe que diga hola en lista.txt", [("write", "lista.txt", "hola")]),
        ('Escribe "línea 1\nlínea 2" en dos.txt y borra viejo.txt', [("write", "dos.txt", "línea 1\nlínea 2"), ("delete", "viejo.txt", None)]),
        ('Crea saludo.txt con "hola"', [("write", "saludo.txt", "hola")]),
        ("crea notas.txt: comprar pan", [("write", "notas.txt", "comprar pan")]),
        ("Crea notas.txt. Con el contenido hola", [("write", "notas.txt", "hola")]),
        (
            "crea uno.txt que diga A, crea dos.txt que diga B y lista los archivos",
            [("write", "uno.txt", "A"), ("write", "dos.txt", "B"), ("list", None, None)],
        ),
        ('Añade "huevos" a lista.txt', [("append", "lista.txt", "huevos")]),
        ("Lee el archivo notas.txt", [("read", "notas.txt", None)]),
        ("léeme notas.txt", [("read", "notas.txt", None)]),
        ("Muéstrame el contenido de .gitignore", [("read", ".gitignore", None)]),
        ("¿Qué dice notas.txt?", [("read", "notas.txt", None)]),
        ("abre docs/manual/intro", [("read", "docs/manual/intro", None)]),
        ("Borra notas.txt", [("delete", "notas.txt", None)]),
        ('elimina el archivo "mi archivo.txt"', [("delete", "mi archivo.txt", None)]),
        ("bórralo", [("delete", "antes.txt", None)]),
        ("borra", [("delete", None, None)]),
        ("Busca la palabra hola", [("search", None, "hola")]),
        ('busca "TODO" en src/main.py', [("search", "src/main.py", "TODO")]),
        ("Busca archivos que contengan factura en la carpeta docs", [("search", "docs", "factura")]),
        ("busca", [("search", None, None)]),
        ("¿Qué archivos hay?", [("list", None, None)]),
        ("¿Qué hay en la carpeta docs?", [("list", "docs", None)]),
        ("lista los archivos en docs/", [("list", "docs/", None)]),
        ("Dame información de notas.txt", [("info", "notas.txt", None)]),
        ("¿Cuánto pesa notas.txt?", [("info", "notas.txt", None)]),
        ("Ejecuta el comando ls -la", [("run", None, "ls -la")]),
        ('ejecuta "echo hola"', [("run", None, "echo hola")]),
        ('ejecuta echo "hola mundo"', [("run", None, 'echo "hola mundo"')]),
        ("ejecuta", [("run", None, None)]),
        ("Create a file called hello.py containing print('hi')", [("write", "hello.py", "print('hi')")]),
        ("Create a new file named notes.txt with the content Hello World", [("write", "notes.txt", "Hello World")]),
        ('Write "buy milk" to todo.txt', [("write", "todo.txt", "buy milk")]),
        ("Please read hello.py and then delete it", [("read", "hello.py", None), ("delete", "hello.py", None)]),
        ("List the files in the folder src", [("list", "src", None)]),
        ("search for hello in all files", [("search", None, "hello")]),
        ("What files contain the word apple?", [("search", None, "apple")]),
        ("how big is Makefile?", [("info", "Makefile", None)]),
        ("run ls", [("run", None, "ls")]),
        ("show me notes.txt", [("read", "notes.txt", None)]),
        ("delete the file old.txt", [("delete", "old.txt", None)]),
        ('Necesito que crees un archivo notas.md con el título "# Notas"', [("write", "notas.md", "# Notas")]),
        ("Pon el texto adiós en despedida.txt", [("write", "despedida.txt", "adiós")]),
        ("Guarda esto en nota.txt: llamar a Juan", [("write", "nota.txt", "llamar a Juan")]),
        ("Crea un archivo con el contenido hola llamado saludo.txt", [("write", "saludo.txt", "hola")]),
        ('Create a file with the content "hi" called hi.txt', [("write", "hi.txt", "hi")]),
        (
            'crea test.py con el contenido:\nprint("hola")\nborra = 1\nlista los archivos',
            [("write", "test.py", 'print("hola")\nborra = 1\nlista los archivos')],
        ),
        ("Crea la carpeta docs", [("folder", None, None)]),
        ("create a new folder called docs", [("folder", None, None)]),
        ("¿Podrías mostrarme lo que hay en notas.txt?", [("read", "notas.txt", None)]),
        ("Dime el contenido de notas.txt", [("read", "notas.txt", None)]),
        ("Lista el contenido de docs", [("list", "docs", None)]),
        ("Busca en los archivos la palabra error", [("search", None, "error")]),
        ("What's the size of notes.txt?", [("info", "notes.txt", None)]),
        ("Tell me about notes.txt", [("info", "notes.txt", None)]),
        ("ls docs", [("list", "docs", None)]),
        ("ls -la", [("list", None, None)]),
        ("lista los archivos en docs.", [("list", "docs", None)]),
        ("lista los archivos en total", [("list", None, None)]),
        ("¿Cómo estás?", []),
        ("Gracias. Todo bien", []),
        ("", []),
    ],
    ids=str,
)  # fmt: skip
def test_requests_are_read(words: str, steps: list[tuple[str, str | None, str | None]]) -> None:
    """What is asked for, of which file, with which words, in order."""
    assert [_brief(step) for step in understand(words, known="antes.txt")] == steps


@pytest.mark.parametrize(
    ("words", "steps"),
    [
        ("lee /etc/passwd", [("read", "/etc/passwd", None)]),
        ("Lee el archivo /etc/passwd.", [("read", "/etc/passwd", None)]),
        ("lee ../../etc/passwd", [("read", "../../etc/passwd", None)]),
        ("lee ~/.ssh/id_rsa", [("read", "~/.ssh/id_rsa", None)]),
        ("lee ..", [("read", "..", None)]),
        (r"lee C:\Windows\win.ini", [("read", r"C:\Windows\win.ini", None)]),
        ("read file:///etc/passwd", [("read", "file:///etc/passwd", None)]),
        ("¿Qué dice docs/../../x.txt?", [("read", "docs/../../x.txt", None)]),
        ("borra /tmp/x, y luego /etc/y", [("delete", "/tmp/x", None)]),
        ("lista los archivos de /etc", [("list", "/etc", None)]),
        ("list the files in ..", [("list", "..", None)]),
        ("busca root en /etc", [("search", "/etc", "root")]),
        ("escribe hola en ~/x", [("write", "~/x", "hola")]),
        ("añade hola a /etc/hosts", [("append", "/etc/hosts", "hola")]),
        ("crea /tmp/x.txt con el contenido hola", [("write", "/tmp/x.txt", "hola")]),
        ("información de /dev/zero", [("info", "/dev/zero", None)]),
        ("lee notas.txt y/o planes.txt", [("read", "notas.txt", None)]),
    ],
)
def test_a_path_that_points_outward_is_asked_for_as_it_stands(
    words: str, steps: list[tuple[str, str | None, str | None]]
) -> None:
    """The tool refuses it; another file of nearly that name is never read instead."""
    assert [(step.intent, step.path, step.content) for step in understand(words)] == steps


@pytest.mark.parametrize(
    ("words", "url", "method"),
    [
        ("fetch https://example.com/data.json", "https://example.com/data.json", "GET"),
        ("Haz una petición GET a http://example.com/a?b=1.", "http://example.com/a?b=1", "GET"),
        ("haz una petición POST a 'https://example.com/x'", "https://example.com/x", "POST"),
    ],
)
def test_addresses_are_read_whole(words: str, url: str, method: str) -> None:
    """Without the full stop behind them."""
    (step,) = understand(words)
    assert (step.intent, step.url, step.method) == ("fetch", url, method)


@pytest.mark.parametrize(("words", "language"), [("lista los archivos", "es"), ("list the files", "en")])
def test_the_language_is_the_verb_s(words: str, language: str) -> None:
    """Answers are in the language in which was asked."""
    assert understand(words)[0].language == language


@given(st.from_regex(r"[a-z]{1,12}\.(txt|md|json)", fullmatch=True), st.text(st.characters(exclude_characters='"\0', exclude_categories=["Cs"]), min_size=1))  # fmt: skip
def test_what_stands_in_quotes_is_written_as_it_stands(name: str, content: str) -> None:
    """No word in quotes is taken for a request, whatever it is."""
    (step,) = understand(f'crea {name} con el contenido "{content}"')
    assert (step.intent, step.path, step.content) == ("write", name, content)


@given(st.text())
def test_any_words_are_read(words: str) -> None:
    """Whatever a person says, nothing fails."""
    for step in understand(words):
        assert step.intent
