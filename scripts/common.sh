# Sourced by the scripts beside it: packages, and where things are.

top=$(cd "$(dirname "$0")/.." && pwd)
build=${RASD_BUILD:-$top/build}

die() {
	echo "$(basename "$0"): $*" >&2
	exit 1
}

need_root() {
	[ "$(id -u)" = 0 ] || die "this needs root: it installs packages and reads tracefs"
}

# packages LIST...: the names in those files, without comments
packages() {
	sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$@"
}

# install_packages LIST...: through apt, and only what is missing
install_packages() {
	missing=
	for package in $(packages "$@"); do
		dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null |
			grep -qx installed || missing="$missing $package"
	done
	[ -n "$missing" ] || return 0
	echo "Installing$missing"
	export DEBIAN_FRONTEND=noninteractive
	log=$(mktemp)
	if ! { apt-get -o DPkg::Lock::Timeout=600 update &&
		apt-get -o DPkg::Lock::Timeout=600 install -y --no-install-recommends $missing; } \
		>"$log" 2>&1; then
		tail -n 20 "$log" >&2
		rm -f "$log"
		die "apt-get could not install$missing"
	fi
	rm -f "$log"
}

# fetch_promtool DIRECTORY: prints where Prometheus' checker is, taken out of its package if it
# is not installed: to install that would start a server here. Nothing: it cannot be had.
fetch_promtool() {
	command -v promtool && return
	[ -x "$1/promtool" ] || (
		mkdir -p "$1" && cd "$1" || exit
		apt-get download prometheus ||
			{ apt-get -o DPkg::Lock::Timeout=600 update && apt-get download prometheus; }
		dpkg-deb --fsys-tarfile prometheus_*.deb | tar -xOf - ./usr/bin/promtool > promtool.new
		rm -f prometheus_*.deb
		chmod +x promtool.new && ./promtool.new --version && mv promtool.new promtool
	) >/dev/null 2>&1
	[ ! -x "$1/promtool" ] || echo "$1/promtool"
}

# build_in DIRECTORY CONFIGURE-ARGUMENT...: incremental
build_in() {
	directory=$1
	shift
	[ -x "$top/configure" ] && [ "$top/configure" -nt "$top/configure.ac" ] ||
		"$top/autogen.sh" >/dev/null 2>&1 || die "autogen.sh failed"
	mkdir -p "$directory"
	if [ ! -f "$directory/Makefile" ]; then
		(cd "$directory" && "$top/configure" --quiet --prefix=/usr --sysconfdir=/etc \
			--localstatedir=/var "$@") || die "configure failed, see $directory/config.log"
	fi
	log=$(mktemp)
	if ! make -C "$directory" --quiet -j"$(nproc)" >"$log" 2>&1; then
		cat "$log" >&2
		rm -f "$log"
		die "the build in $directory failed"
	fi
	grep -i 'warning' "$log" >&2 || true
	rm -f "$log"
}
