build --profile moon Corefile
