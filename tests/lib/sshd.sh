# sshd.sh - a real ssh server on loopback for a test, and an `ssh` in PATH that knows it as the host "board".
#
#   sshd_start [openssh|dropbear]   skips (returns 1) when it is not installed or cannot be run
#   sshd_more: lines for sshd_config; sshd_sftp empty: a server without sftp
# After it: ssh and scp reach "board" with a key of its own; nothing of the user's configuration is read or changed.
# The server runs as who runs the test, on a free port of 127.0.0.1, in the foreground, and ends with the test.

# free_port: a port of loopback that was free a moment ago
free_port()
{
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

sshd_client()
{
	mkdir -p "$T/bin"
	cat >"$T/ssh_config" <<END
Host board
	HostName 127.0.0.1
	Port $ssh_port
	IdentityFile $T/ssh/key
	IdentitiesOnly yes
	UserKnownHostsFile $T/ssh/known
	StrictHostKeyChecking no
	LogLevel ERROR
END
	printf '#!/bin/sh\nexec %s -F "%s" "$@"\n' "$(PATH=$ssh_path command -v ssh)" "$T/ssh_config" >"$T/bin/ssh"
	printf '#!/bin/sh\nexec %s -F "%s" $scp_more "$@"\n' "$(PATH=$ssh_path command -v scp)" "$T/ssh_config" >"$T/bin/scp"
	chmod +x "$T/bin/ssh" "$T/bin/scp"
	PATH=$T/bin:$ssh_path
	export PATH
}

openssh_start()
{
	ssh-keygen -q -t ed25519 -N '' -f "$T/ssh/host" </dev/null || return
	if test "$(id -u)" -eq 0; then
		mkdir -p /run/sshd
	fi
	cat >"$T/ssh/sshd_config" <<END
ListenAddress 127.0.0.1:$ssh_port
HostKey $T/ssh/host
AuthorizedKeysFile $T/ssh/authorized
PidFile none
StrictModes no
UsePAM no
PermitRootLogin yes
PasswordAuthentication no
${sshd_sftp-Subsystem sftp internal-sftp}
${sshd_more-}
END
	spawn "$(PATH=$PATH:/usr/sbin:/sbin command -v sshd)" -D -e -f "$T/ssh/sshd_config" 2>"$T/ssh/log"
}

dropbear_start()
{
	dropbearkey -t ed25519 -f "$T/ssh/dropbear" >/dev/null 2>&1 || return
	# It looks for ~/.ssh/authorized_keys of the passwd entry: a mount that only its process sees.
	home=$(getent passwd "$(id -u)" | cut -d: -f6)
	mkdir -p "$T/home/.ssh"
	cp "$T/ssh/authorized" "$T/home/.ssh/authorized_keys"
	chmod 700 "$T/home" "$T/home/.ssh"
	chmod 600 "$T/home/.ssh/authorized_keys"
	# shellcheck disable=SC2016 # expanded in there
	spawn unshare $(test "$(id -u)" -eq 0 && echo -m || echo -rm) sh -c 'mount --bind "$1" "$2" && shift 2 && exec dropbear "$@"' sh "$T/home" "$home" \
		-F -E -r "$T/ssh/dropbear" -p "127.0.0.1:$ssh_port" 2>"$T/ssh/log"
}

sshd_start()
{
	: "${ssh_path:=$PATH}"
	rm -rf "$T/ssh"
	mkdir -p "$T/ssh"
	ssh-keygen -q -t ed25519 -N '' -f "$T/ssh/key" </dev/null || return
	cp "$T/ssh/key.pub" "$T/ssh/authorized"
	ssh_port=$(free_port)
	"${1:-openssh}_start" || return
	ssh_server=$pid
	sshd_client
	wait_for 'ssh -oConnectTimeout=2 board true 2>/dev/null' 15
}
