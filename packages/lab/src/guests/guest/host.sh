#!/bin/sh
# First process of a host, in its own namespaces: host.sh NAME FOLDER. Mounts what FOLDER/fstab says, makes it the
# root, then runs the `ip` commands that come on stdin, and stays to reap what loses its parent.
set -e
read -r pid rest </proc/self/stat
mount --all --fstab "$2/fstab"
cd "$2/root"
pivot_root . mnt
cd /
umount -l /mnt
echo "$1" >/proc/sys/kernel/hostname
echo "mounted $pid"
ip -batch -
echo "up"
exec </dev/null >/dev/null 2>&1
sleep infinity &
wait
