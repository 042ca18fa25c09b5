touch "/tmp/$UH_NAME"
