#!/bin/sh
echo 'Content-Type: text/plain; charset=utf-8'
echo
echo "container $(hostname)"
echo "client    $REMOTE_ADDR"
