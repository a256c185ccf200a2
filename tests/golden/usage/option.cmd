build --nonsense
