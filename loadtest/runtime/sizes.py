"""Figures that all contenders share."""

CAPACITY = 64
"""Messages that may wait in a mailbox, channel or queue."""
ASK_TIMEOUT = 5.0
"""Seconds that a reply may take."""
RING_SIZE = 100
FAN_OUT = 10
"""Nodes below each node of the tree."""
ITEMS = 20
"""Items that the first stage of a pipeline makes of one query."""
