"""The composition root: builds the adapters that the settings ask for, and starts the tree of actors."""
