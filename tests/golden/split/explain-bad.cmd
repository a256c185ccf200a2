explain x..y
