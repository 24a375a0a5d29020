/* SPDX-License-Identifier: GPL-2.0-or-later */
#define GFP_KERNEL	0
