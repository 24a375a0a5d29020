// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The question after a change was shown.
 */

#include <unistd.h>

#include "bootloader/bootloader.h"
#include "lib/say.h"

int confirm_change(bool yes)
{
	if (yes)
		return EXIT_DONE;
	if (!isatty(STDIN_FILENO))
		return fail(EXIT_INTERRUPTED, "standard input is no terminal, nothing has happened; --yes makes the change");
	return say_confirm("yes");
}
