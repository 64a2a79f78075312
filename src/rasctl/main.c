// SPDX-License-Identifier: LGPL-2.1-or-later

/* rasctl: asks what rasd recorded. */

#include <stdio.h>

#include "rasctl/options.h"
#include "rasctl/output.h"
#include "rasctl/pager.h"

static bool wants_pager(int code, const struct command *command)
{
	const struct options *options = &command->options;

	return code == CTL_OK && command->verb && command->verb->is_paged &&
	       options->format == &output_table && !options->no_pager && !options->follow;
}

int main(int argc, char **argv)
{
	struct command command;
	int code = command_parse(argc, argv, &command);

	if (wants_pager(code, &command))
		pager_open();
	if (code == CTL_OK && command.verb)
		code = command.verb->run(&command.options, command.arguments);
	if (fflush(stdout) == EOF || ferror(stdout))
		code = complain(CTL_FAILED, "cannot write all of the output");
	pager_close();
	return code;
}
