plugins nonsense
