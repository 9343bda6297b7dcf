"""Publication: the current observations as files for those who use them."""
