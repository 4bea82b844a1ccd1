"""Gives the files of a conversation to the account under which commands run, where the server is root."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from itertools import islice

from smarthealth.llm.tooling import ToolError

from .quota import MOST_MEASURED, walk
from .tree import open_directory, open_file


def hand_over(root: int, uid: int) -> None:
    """Make an account the owner of folders and files; of what is opened, never of what a name led to before.

    Files with a second name stay as they are, and so does what is neither file nor folder.

    Raises:
        OSError: The conversation's directory itself cannot be given.
    """
    os.fchown(root, uid, uid)
    for found in islice(walk(root), MOST_MEASURED):
        if found.status.st_uid == uid or not (found.is_directory or stat.S_ISREG(found.status.st_mode)):
            continue
        with suppress(OSError, ToolError):
            if found.is_directory:
                with open_directory(root, found.names) as directory:
                    os.fchown(directory, uid, uid)
            else:
                with (
                    open_directory(root, found.names[:-1]) as directory,
                    open_file(directory, found.names[-1]) as (descriptor, _),
                ):
                    os.fchown(descriptor, uid, uid)
