#!/bin/sh
# Generates the missing secrets of compose.yaml at random, in the folder secrets beside this script.
# Only the owner can open the folder. The files are readable, because each container reads its own as another user.
set -eu
folder="$(dirname "$0")/secrets"
umask 077
mkdir -p "$folder"
chmod 700 "$folder"

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
keep() { # name, content: a secret that exists is never replaced
    [ -s "$folder/$1" ] || printf '%s\n' "$2" > "$folder/$1"
    chmod 444 "$folder/$1"
}

keep pharos-viewer-token "$(random)"
keep pharos-tokens "viewer $(cat "$folder/pharos-viewer-token") name=prometheus
responder $(random) name=On call
admin $(random) name=Admin"
keep on-call-token "$(random)"
keep grafana-admin-password "$(random)"
echo "secrets are in $folder; to log in on the page take the token of the line 'responder' in pharos-tokens"
