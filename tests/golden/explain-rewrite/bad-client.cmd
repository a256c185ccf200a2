explain --client nobody x.org
