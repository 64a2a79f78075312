// SPDX-License-Identifier: LGPL-2.1-or-later

/* rasctl: asks what rasd recorded. */

#include <stdio.h>

#include "rasctl/options.h"

int main(int argc, char **argv)
{
	struct command command;
	int code = command_parse(argc, argv, &command);

	if (code == CTL_OK && command.verb)
		code = command.verb->run(&command.options, command.arguments);
	if (fflush(stdout) == EOF || ferror(stdout))
		return complain(CTL_FAILED, "cannot write all of the output");
	return code;
}
