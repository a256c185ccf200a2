explain --set PORT=5302
