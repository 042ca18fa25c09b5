// The shell functions every check starts with, and the lines they print.
//
// One line per report on the check's standard output, fields separated by tabs, first field the word:
//   pass                         the state is reached; ends the check with 0
//   fail  <message-id> k=v …     what is missing; ends the check with 1
//   say   <message-id> k=v …     a further message; the check goes on
//   goal  <id> ok|no             a sub-goal
//   value <truth>                find: the truth (several = any of them is right); predict: what was measured
//   near  <message-id> <value>   find: a wrong answer worth its own message
//   output k=v …                 handed to later tasks as UH_OUT_<TASK>_<K>
//   unknown <name>               there is no such command: written by bash itself, for a mistyped word would else be passed over
//
// Two more look at the machine with builtins only, since starting a program costs an emulated machine more than looking:
//
//   programs DR                  sets `count`, and `pid` and `name` of the first: processes with memory of their own in one of these states;
//                                and `in_state[S]` and so on, the count of each state that there is
//   hundredths 12.34 x           sets `x` to 1234
//
// The functions write to descriptor 3, a copy of standard output that was taken before anything else ran; what the
// check's own commands print goes nowhere, so a file's content cannot forge a report. A check that ends without a
// report is broken, whatever its exit code: falling off the end of a script must never pass a task.

export const CHECK_PRELUDE = `set -u
exec 3>&1 1>/dev/null
export LC_ALL=C
command_not_found_handle() { uh_report unknown "$1"; return 127; }
uh_report() { local -a field=("\${@//[$'\\t\\n\\r']/ }"); local IFS=$'\\t'; printf '%s\\n' "\${field[*]}" >&3; }
pass() { uh_report pass; exit 0; }
fail() { uh_report fail "$@"; exit 1; }
say() { uh_report say "$@"; }
goal() { uh_report goal "$1" "$2"; }
value() { uh_report value "$1"; }
near() { uh_report near "$1" "$2"; }
output() { uh_report output "$@"; }
hundredths() { local whole=\${1%.*} part=\${1#*.}; printf -v "$2" %d "$((10#$whole * 100 + 10#\${part:0:2}))"; }
declare -A in_state
programs() { local entry line field; count=0 pid= name= in_state=()
for entry in /proc/[0-9]*/stat; do read -r line < "$entry" || continue; field=(\${line##*) })
((field[20] > 0 && ++in_state[\${field[0]}])) && [[ \${field[0]} == [$1] ]] || continue
((count++)) || { pid=\${line%% *} name=\${line#*(} name=\${name%)*}; }; done 2> /dev/null; }
`;
