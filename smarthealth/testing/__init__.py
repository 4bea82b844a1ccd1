"""Test kit for users of smarthealth: a scripted model server and fakes for ports."""
