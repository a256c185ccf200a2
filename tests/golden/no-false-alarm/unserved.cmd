build unserved
