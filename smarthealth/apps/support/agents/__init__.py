"""The specialists: what each looks up, asks the model and remembers; and the offline model's way with their requests."""
