#!/bin/busybox sh
# The page that a client sees: who it is, seen from outside.
printf 'Content-Type: text/plain\r\n\r\n'
printf 'Hello from outside. You come from %s.\n' "$REMOTE_ADDR"
