"""Our server beside a peer of the usual kind: the same questions, database, index and model, on the same core."""
