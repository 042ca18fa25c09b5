touch "$HOME/$UH_NAME"
