/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host-kernel.h"
#define MODULE_LICENSE(text)		static_assert(sizeof(text))
#define MODULE_DESCRIPTION(text)	static_assert(sizeof(text))
