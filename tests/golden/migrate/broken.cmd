migrate broken
