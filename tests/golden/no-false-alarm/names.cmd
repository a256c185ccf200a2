lint names
