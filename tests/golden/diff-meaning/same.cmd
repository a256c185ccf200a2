diff Corefile same
