diff Corefile new
