# Read by every interactive bash of every user: prompt, history, completion, and the marks that tell the course when
# a command has finished. Nothing in here forks, neither at start nor at a prompt.

[[ $- == *i* ]] || return 0

shopt -s checkwinsize histappend
HISTSIZE=10000
HISTFILESIZE=20000
HISTCONTROL=ignoredups

# Marks are OSC 133 (A prompt, B input, C command begins, D command ended) and carry a number that only this terminal
# knows; a shell without the number (sudo -i, a nested bash) writes none, its command is still that of its parent.
_uh_nonce=${UNDERHOOD_NONCE-}
_uh_hold=${UNDERHOOD_HOLD-}
unset UNDERHOOD_NONCE UNDERHOOD_HOLD
_uh_ran=0

_uh_prompt() {
  local status=$? discard
  if [[ $_uh_hold ]]; then
    # A machine is copied while its first shell stands here. One line in the FIFO lets the copy go on, by then with
    # its own name, and with its own random numbers.
    [[ -p $_uh_hold ]] && read -r discard <"$_uh_hold"
    _uh_hold=
    RANDOM=$SRANDOM
  fi
  if [[ $_uh_nonce ]] && ((_uh_ran)); then
    printf '\e]133;D;%d;%s\a' "$status" "$_uh_nonce"
  fi
  _uh_ran=0
  history -a
  # bash remembers \h from its start; the name of this machine comes later.
  read -r _uh_host </proc/sys/kernel/hostname
  return "$status"
}
PROMPT_COMMAND=_uh_prompt

if ((EUID == 0)); then
  _uh_colour='1;31'
else
  _uh_colour='1;32'
fi
PS1='\[\e['$_uh_colour'm\]\u@${_uh_host}\[\e[0m\]:\[\e[1;34m\]\w\[\e[0m\]\$ '
if [[ $_uh_nonce ]]; then
  PS1='\[\e]133;A\a\]'$PS1'\[\e]133;B;'$_uh_nonce'\a\]'
  # The empty expansion sets _uh_ran in this very shell: an Enter on an empty line must not count as a command.
  PS0='${_uh_none[(_uh_ran=1)]-}\e]133;C;'$_uh_nonce'\a'
fi
unset _uh_colour

# bash-completion takes a tenth of a second to read here, so it waits for the first Tab.
_uh_complete() {
  complete -r -D
  [[ -r /usr/share/bash-completion/bash_completion ]] && . /usr/share/bash-completion/bash_completion
  return 124
}
complete -D -F _uh_complete -o bashdefault -o default

alias ls='ls --color=auto' grep='grep --color=auto' ip='ip --color=auto' ll='ls -l'
