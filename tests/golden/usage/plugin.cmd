plugins whoami
