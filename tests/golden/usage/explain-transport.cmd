explain --transport smoke
