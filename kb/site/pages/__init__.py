"""What is on each page, as plain data. A module a kind of page."""
