"""What may go wrong in the test kit.

```
Exception
└── ClientGone    the client of a scripted server went away, or was thrown out
```
"""

from __future__ import annotations


class ClientGone(Exception):
    """The client of a scripted server is gone; its request needs no answer."""
