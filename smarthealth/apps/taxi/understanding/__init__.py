"""What people say to a dispatcher, read by rules: places and their roles, payment, features, wishes and answers."""
