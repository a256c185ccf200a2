explain a.empty.test DS
