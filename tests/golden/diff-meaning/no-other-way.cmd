diff lines lines-quiet
