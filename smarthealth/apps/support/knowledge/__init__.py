"""What specialists answer from: the manual and imported documents, their words, and the search over them."""
