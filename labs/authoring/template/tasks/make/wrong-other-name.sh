touch "/tmp/$UH_NAME.txt"
