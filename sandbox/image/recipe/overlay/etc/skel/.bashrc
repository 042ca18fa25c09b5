# Prompt, history and completion are set up in /etc/bash.bashrc. Put your own things here.
