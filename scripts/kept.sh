#!/usr/bin/env bash
# scripts/kept.sh FILE COMMAND...: runs it, shows what it says, and keeps that in FILE, newest first, with what it ran on.
# Its exit status is the command's, and what FILE had stays beneath. What was said until ^C is kept too.
set -uo pipefail
file=$1
shift
said=$(mktemp)

num_changed=$(git status --porcelain --untracked-files=no -- . ":!$file" 2>/dev/null | wc -l)
commit=$(git rev-parse --short HEAD 2>/dev/null || echo unknown)
[ "$num_changed" -eq 0 ] || commit="$commit and $num_changed files changed since"
began="$(date -u '+%a %b %e %H:%M:%S UTC %Y')"
load() { cut -d' ' -f1-3 /proc/loadavg 2>/dev/null || uptime | sed 's/.*averages\{0,1\}: //'; }
load_before=$(load)

keep() {
  status=$?
  entry=$(mktemp)
  {
    echo "$began, commit $commit, $(getconf _NPROCESSORS_ONLN) cores, load average $load_before before and $(load) after, exit status $status"
    env | grep '^LLMASOS_' | sort | tr '\n' ' ' | sed 's/ $/\n/'
    cat "$said"
    if [ -s "$file" ]; then echo && cat "$file"; fi
  } >"$entry"
  cat "$entry" >"$file"
  rm -f "$said" "$entry"
}
trap keep EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

"$@" 2>&1 | tee "$said"
