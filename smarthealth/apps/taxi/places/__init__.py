"""Places of the metropolitan area of Barranquilla: addresses as people say them, zones, landmarks and fares."""
