#!/bin/sh
# First process of a User-Mode Linux guest: what a boot does, then labd on the serial line, then power off.
export PATH="$LAB_PATH" HOME=/root LANG=C.UTF-8
mount -t proc proc /proc
mount -t tmpfs run /run
mkdir -p /run/lab/kernel/lib/modules /run/lab/modprobe.d
cat >/run/lab/fstab <<-END
	sysfs /sys sysfs defaults
	devtmpfs /dev devtmpfs defaults
	devpts /dev/pts devpts X-mount.mkdir,ptmxmode=0666
	tmpfs /dev/shm tmpfs X-mount.mkdir
END
mount --all --fstab /run/lab/fstab
ln -s "$LAB_MODULES" /run/lab/kernel/lib/modules/
ln -s /proc/self/fd /dev/fd
cat >/run/lab/modprobe.d/lab.conf <<-END
	options bonding max_bonds=0
	options dummy numdummies=0
END
# The kernel asks this program for modules; /lib/modules of the machine is another kernel's.
cat >/run/lab/modprobe <<-END
	#!/bin/sh
	exec modprobe -d /run/lab/kernel -C /run/lab/modprobe.d "\$@"
END
chmod +x /run/lab/modprobe
echo /run/lab/modprobe >/proc/sys/kernel/modprobe
/run/lab/modprobe -a overlay bridge veth bonding 8021q
echo 0 >/proc/sys/kernel/printk
stty -F /dev/ttyS0 raw -echo
exec 3<>/dev/ttyS0
"$LAB_NODE" "$LAB_FOLDER/labd.mjs" "$LAB_FOLDER/config.json"
echo o >/proc/sysrq-trigger
sleep infinity
