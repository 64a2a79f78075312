/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* cmocka, and the few assertions that our tests would otherwise repeat. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "event/event.h"
#include "util/macro.h"

#define assert_number(v, expected)                                       \
	do {                                                             \
		const struct value *v_ = (v);                            \
		assert_non_null(v_);                                     \
		assert_int_equal(v_->kind, VALUE_INT);                   \
		assert_int_equal((uint64_t)v_->i, (uint64_t)(expected)); \
	} while (0)

#define assert_absent(v)                                \
	do {                                            \
		const struct value *v_ = (v);           \
		assert_non_null(v_);                    \
		assert_int_equal(v_->kind, VALUE_NONE); \
	} while (0)

#define assert_text(v, expected)                                             \
	do {                                                                 \
		const struct value *v_ = (v);                                \
		assert_non_null(v_);                                         \
		assert_int_equal(v_->kind, VALUE_TEXT);                      \
		assert_int_equal(v_->len, strlen(expected));                 \
		assert_memory_equal(v_->text, (expected), strlen(expected)); \
	} while (0)

#define assert_bytes(v, expected, n)                             \
	do {                                                     \
		const struct value *v_ = (v);                    \
		assert_non_null(v_);                             \
		assert_int_equal(v_->kind, VALUE_BYTES);         \
		assert_int_equal(v_->len, (n));                  \
		assert_memory_equal(v_->bytes, (expected), (n)); \
	} while (0)
