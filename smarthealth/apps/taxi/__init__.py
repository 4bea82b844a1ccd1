"""A taxi dispatcher: speech or text in, four agents with one voice, bookings as rows, speech or text out."""
