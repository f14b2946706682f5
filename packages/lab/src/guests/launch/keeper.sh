#!/bin/sh
# Outlives the process that started the lab, so that nothing is left whatever happens to it: keeper.sh FOLDER COMMAND…
# The command has the lab's link as descriptor 3. Descriptor 4 ends when the starter lets go or dies; so does the link,
# and the lab goes by itself. One that does not is ended with its whole process group: a guest's processes run on
# without their kernel.
folder=$1
shift
setsid "$@" 4<&- &
child=$!
exec 3<&-
read -r rest <&4
timeout 10 tail --pid="$child" --sleep-interval=0.1 --follow /dev/null || kill -KILL "-$child"
wait
exec rm -rf "$folder"
