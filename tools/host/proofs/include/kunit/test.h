/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A check of a fuzzer or suite is a property to prove, named by its text. */
#ifndef PROOF_KUNIT_TEST_H
#define PROOF_KUNIT_TEST_H

#include_next <kunit/test.h>

#undef HOST_CHECK
#define HOST_CHECK(test, fatal, ok, ...)	__CPROVER_assert(ok, #ok)

#undef HOST_COMPARE
#define HOST_COMPARE(test, fatal, a, op, b)	\
	__CPROVER_assert((a) op (b), #a " " #op " " #b)

#endif
