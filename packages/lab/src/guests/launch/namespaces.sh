#!/bin/sh
# First process of a lab in namespaces of the machine's kernel: namespaces.sh NODE FOLDER. It ends with labd, and all
# processes, namespaces and mounts of the lab end with it.
mount -t tmpfs run /run
mount -t sysfs sysfs /sys
mkdir -p /run/lab
"$1" "$2/labd.mjs" "$2/config.json"
