"""The support chat: technical data with sources, appointments, help with faults, and a person where one is wanted."""
