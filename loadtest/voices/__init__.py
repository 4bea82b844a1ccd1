"""Many voices at once: what a spoken turn costs the taxi's server, and how long it adds to the providers' own time."""
