"""Questions with known answers, derived from FHIR files, and how well they are answered."""
