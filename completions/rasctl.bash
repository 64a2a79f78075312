# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion of rasctl for bash. Verbs and options are asked of rasctl itself, so they are those
# of the rasctl that is there.

_rasctl_verbs() {
	rasctl --help 2>/dev/null | sed -n '/^Verbs:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p'
}

# Options of a verb ("" for those of all verbs).
_rasctl_options() {
	rasctl ${1:+"$1"} --help 2>/dev/null | grep -oE '^ +(-[a-z], )?--[a-z-]+' |
		grep -oE -- '--?[a-z][a-z-]*'
}

# What a verb says that it wants: "FILE", "DIR", "COMMAND", or nothing.
_rasctl_wants() {
	rasctl "$1" --help 2>/dev/null | sed -n '1s/^Usage: rasctl [a-z-]* \[*\([A-Z]*\).*/\1/p'
}

# The commands of a verb that has some: it names them when it is given another one.
_rasctl_commands() {
	rasctl "$1" '?' 2>&1 | sed -n 's/.* wants one of: //p' | tr ',' '\n' |
		sed 's/^ *\([a-z]*\).*/\1/'
}

# What may stand behind an option; nothing where only the user knows.
_rasctl_values() {
	case $1 in
	-o | --output) echo table json ndjson csv ;;
	-s | --severity) echo info corrected deferred uncorrected fatal ;;
	--component) echo memory cpu cache tlb bus disk process platform rasd pcie cxl network ;;
	--by) echo type severity component unit dimm device page cpu boot day ;;
	--for) echo nagios npd ;;
	--kind) echo cper block log ;;
	--page-size) echo 4K 16K 64K ;;
	-n | --lines) echo all ;;
	--since | --until) echo now today yesterday -1h -1d ;;
	-b | --boot) echo 0 -1 ;;
	-t | --type)
		rasctl summary --by type -o csv 2>/dev/null | sed -n '2,$s/,.*//p'
		;;
	--dimm | --device | --cpu | --unit | -u)
		case $1 in
		-u) set -- unit ;;
		esac
		rasctl summary --by "${1#--}" -o csv 2>/dev/null | sed -n '2,$s/,.*//p'
		;;
	esac
}

# What a verb takes that is no option.
_rasctl_words() { # VERB BEFORE CURRENT
	local wants
	wants=$(_rasctl_wants "$1")
	case $wants,$2 in
	COMMAND,"$1")
		mapfile -t COMPREPLY < <(compgen -W "$(_rasctl_commands "$1")" -- "$3")
		;;
	FILE,* | COMMAND,backup | COMMAND,import)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$3")
		;;
	DIR,*)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -d -- "$3")
		;;
	esac
}

_rasctl() {
	local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} verb= word i
	COMPREPLY=()
	local verbs
	verbs=$(_rasctl_verbs)
	for ((i = 1; i < COMP_CWORD; i++)); do
		for word in $verbs; do
			[ "${COMP_WORDS[i]}" = "$word" ] && [ -z "$verb" ] && verb=$word
		done
	done
	case $before in
	--db | --cursor-file | --tracefs | --runtime-directory)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
		return
		;;
	esac
	local values
	values=$(_rasctl_values "$before")
	if [ -n "$values" ]; then
		mapfile -t COMPREPLY < <(compgen -W "$values" -- "$current")
		[ "$before" = -b ] || [ "$before" = --boot ] || return
	fi
	case $current in
	-*) mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$(_rasctl_options "$verb")" -- "$current") ;;
	*)
		if [ -z "$verb" ]; then
			mapfile -t COMPREPLY < <(compgen -W "$verbs" -- "$current")
		elif [ "$verb" = policy ] && [ "$before" = policy ]; then
			mapfile -t COMPREPLY < <(compgen -W "show pause resume" -- "$current")
		else
			_rasctl_words "$verb" "$before" "$current"
		fi
		;;
	esac
}

complete -F _rasctl rasctl
