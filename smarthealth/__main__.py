"""`python -m smarthealth` is the command `smarthealth`."""

from __future__ import annotations

from smarthealth.cli.main import main

if __name__ == "__main__":
    main()
