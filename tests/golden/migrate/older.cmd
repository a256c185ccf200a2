migrate older
