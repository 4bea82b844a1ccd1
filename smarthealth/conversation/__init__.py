"""The actors of one connection: session, keepalive, outbox and turns."""
