explain a.b.both.test
