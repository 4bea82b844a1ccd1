"""What learns from examples to tell an emergency where no rule hears one; it may add an alarm and never takes one back."""
