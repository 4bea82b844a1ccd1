"""Settings of the workspace agent's tools."""

from __future__ import annotations

import attrs
from attrs.validators import ge, gt, le

MEBIBYTE = 1024 * 1024
"""Bytes."""


@attrs.frozen(kw_only=True)
class WorkspaceToolSettings:
    """How much the files of one conversation may take, and what commands and requests may do; sizes in bytes."""

    quota_bytes: int = attrs.field(
        default=50 * MEBIBYTE,
        validator=ge(1),
        metadata={
            "env": "SMARTHEALTH_WORKSPACE_QUOTA_BYTES",
            "help": "bytes that the files of one conversation may take together",
        },
    )
    quota_files: int = attrs.field(
        default=1_000,
        validator=[ge(1), le(50_000)],
        metadata={
            "env": "SMARTHEALTH_WORKSPACE_QUOTA_FILES",
            "help": "files and folders that one conversation may have",
        },
    )
    file_bytes: int = attrs.field(
        default=5 * MEBIBYTE,
        validator=ge(1),
        metadata={"env": "SMARTHEALTH_WORKSPACE_FILE_BYTES", "help": "bytes of the largest file of a conversation"},
    )
    search_time: float = attrs.field(
        default=5.0,
        validator=gt(0),
        metadata={"env": "SMARTHEALTH_WORKSPACE_SEARCH_TIME", "help": "seconds that one search through files may take"},
    )
    commands: bool = attrs.field(
        default=False,
        metadata={
            "env": "SMARTHEALTH_WORKSPACE_COMMANDS",
            "help": "whether the workspace agent may run commands, each after a person's approval; needs Linux with namespaces",
        },
    )
    programs: tuple[str, ...] = attrs.field(
        default=("cat", "cut", "date", "diff", "echo", "grep", "head", "ls", "sort", "tail", "tr", "uniq", "wc"),
        metadata={
            "env": "SMARTHEALTH_WORKSPACE_PROGRAMS",
            "help": "programs that a command may begin with, separated by commas, found in /usr/bin and /bin",
        },
    )
    shell: bool = attrs.field(
        default=False,
        metadata={
            "env": "SMARTHEALTH_WORKSPACE_SHELL",
            "help": "whether a command is given to /bin/sh, pipes and all; the list of programs then holds nothing back",
        },
    )
    command_time: float = attrs.field(
        default=30.0,
        validator=gt(0),
        metadata={"env": "SMARTHEALTH_WORKSPACE_COMMAND_TIME", "help": "seconds that a command may run"},
    )
    command_cpu: int = attrs.field(
        default=20,
        validator=ge(1),
        metadata={
            "env": "SMARTHEALTH_WORKSPACE_COMMAND_CPU",
            "help": "seconds of processor time for each process of a command",
        },
    )
    command_memory: int = attrs.field(
        default=256 * MEBIBYTE,
        validator=ge(16 * MEBIBYTE),
        metadata={
            "env": "SMARTHEALTH_WORKSPACE_COMMAND_MEMORY",
            "help": "bytes of address space for each process of a command",
        },
    )
    command_processes: int = attrs.field(
        default=16,
        validator=ge(1),
        metadata={"env": "SMARTHEALTH_WORKSPACE_COMMAND_PROCESSES", "help": "processes and threads of a command"},
    )
    command_output: int = attrs.field(
        default=MEBIBYTE,
        validator=ge(1),
        metadata={
            "env": "SMARTHEALTH_WORKSPACE_COMMAND_OUTPUT",
            "help": "bytes of output after which a command is stopped",
        },
    )
    commands_at_once: int = attrs.field(
        default=2,
        validator=ge(1),
        metadata={
            "env": "SMARTHEALTH_WORKSPACE_COMMANDS_AT_ONCE",
            "help": "commands that run at once in the whole process; further ones wait",
        },
    )
    http_hosts: tuple[str, ...] = attrs.field(
        default=(),
        metadata={
            "env": "SMARTHEALTH_WORKSPACE_HTTP_HOSTS",
            "help": "hosts that the workspace agent may send requests to, separated by commas: api.example.com, *.example.org,"
            " example.com:8443; never addresses of this machine or of private networks",
        },
    )
    http_headers: tuple[str, ...] = attrs.field(
        default=("accept", "accept-language", "content-type", "if-none-match", "if-modified-since", "user-agent"),
        metadata={
            "env": "SMARTHEALTH_WORKSPACE_HTTP_HEADERS",
            "help": "headers that the workspace agent may set in its requests, separated by commas",
        },
    )
    http_time: float = attrs.field(
        default=20.0,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_WORKSPACE_HTTP_TIME",
            "help": "seconds for one request of the workspace agent, redirects included",
        },
    )
    http_body: int = attrs.field(
        default=256 * 1024,
        validator=ge(0),
        metadata={"env": "SMARTHEALTH_WORKSPACE_HTTP_BODY", "help": "bytes of the largest body that is sent"},
    )
    http_answer: int = attrs.field(
        default=MEBIBYTE,
        validator=ge(1),
        metadata={"env": "SMARTHEALTH_WORKSPACE_HTTP_ANSWER", "help": "bytes that are read of an answer"},
    )
