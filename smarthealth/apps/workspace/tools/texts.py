"""Why a tool could not do what was asked, in Spanish; none says where anything is on this machine."""

from __future__ import annotations

from typing import Final

EMPTY_PATH: Final = "Falta el nombre del archivo."
ABSOLUTE_PATH: Final = "La ruta debe ser relativa al directorio de la conversación."
PARENT_PATH: Final = "La ruta no puede salir del directorio de la conversación."
BAD_CHARACTER: Final = "La ruta contiene un carácter no permitido."
LONG_NAME: Final = "El nombre o la ruta es demasiado largo."
TOO_DEEP: Final = "La ruta tiene demasiados niveles."
NOT_FOUND: Final = "No existe: {}."
IS_LINK: Final = "Los enlaces no están permitidos."
NOT_A_DIRECTORY: Final = "No es un directorio."
IS_DIRECTORY: Final = "Es un directorio, no un archivo."
NOT_REGULAR: Final = "No es un archivo normal."
NOT_EMPTY: Final = "El directorio no está vacío."
NO_ROOM: Final = "No queda espacio en el disco."
NOT_PERMITTED: Final = "El sistema no lo permite."
FILE_FAILED: Final = "No se pudo acceder al archivo."
NOT_TEXT: Final = "El archivo no es texto UTF-8."
PAST_END: Final = "El archivo termina antes de esa posición."
FILE_TOO_BIG: Final = "El archivo sería demasiado grande: máximo {} bytes."
QUOTA_BYTES: Final = "La conversación ya usa {} bytes; con esto pasaría de su cuota de {}."
QUOTA_FILES: Final = "La conversación ya tiene demasiados archivos: máximo {}."

COMMANDS_OFF: Final = "La ejecución de comandos está desactivada en este servidor."
COMMAND_UNREADABLE: Final = "El comando no se entiende: las comillas no cierran."
COMMAND_EMPTY: Final = "Falta el comando."
COMMAND_LONG: Final = "El comando es demasiado largo."
COMMAND_SHELL: Final = (
    "Se ejecuta un solo programa, sin tuberías, redirecciones ni otras construcciones de la shell: {}."
)
COMMAND_NOT_ALLOWED: Final = "El programa {} no está permitido. Permitidos: {}."
COMMAND_MISSING: Final = "El programa {} no está instalado en este servidor."
NOT_ISOLATED: Final = "Este servidor no puede aislar comandos, así que no los ejecuta."
COMMAND_NOT_STARTED: Final = "El programa no pudo iniciarse."
COMMAND_SLOW: Final = "El comando tardó más de {:g} segundos y fue detenido."
COMMAND_LOUD: Final = "El comando escribió más de {} bytes de salida y fue detenido."
COMMAND_GREEDY: Final = (
    "El comando pasó de la cuota de la conversación y fue detenido; lo último que escribió fue borrado."
)

HTTP_OFF: Final = "Las solicitudes HTTP están desactivadas en este servidor: no hay hosts permitidos."
BAD_URL: Final = "La dirección no es válida: debe empezar por http:// o https:// y nombrar un host."
URL_USER: Final = "La dirección no puede llevar usuario ni contraseña."
HOST_NOT_ALLOWED: Final = "El host {} no está permitido."
ADDRESS_NOT_ALLOWED: Final = "El host {} lleva a una dirección interna o reservada."
HEADER_NOT_ALLOWED: Final = "La cabecera {} no está permitida."
BAD_HEADER: Final = "La cabecera {} tiene un valor no válido."
BODY_TOO_BIG: Final = "El cuerpo es demasiado grande: máximo {} bytes."
BODY_NOT_TAKEN: Final = "{} no lleva cuerpo."
TOO_MANY_REDIRECTS: Final = "Demasiadas redirecciones."
HTTP_SLOW: Final = "El servidor tardó más de {:g} segundos en responder."
HTTP_FAILED: Final = "No se pudo conectar con el host o su respuesta no es válida."
NO_ADDRESS: Final = "El host {} no tiene dirección."
