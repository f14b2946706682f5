#!/bin/sh
# Outlives the process that started the lab, so that its folder goes whatever happens: keeper.sh FOLDER COMMAND…
trap : INT TERM HUP
folder=$1
shift
"$@"
rm -rf "$folder"
