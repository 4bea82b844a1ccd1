"""Where services are dispatched to: the fleet's backend over HTTP, or this server alone."""
