/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "event/event.h"

/* What libFuzzer, or replay.c, calls with one input after another. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

void fuzz_use_event(const struct event *event);
void fuzz_use_unknown(const struct event *event, const void *raw, size_t raw_len);
void fuzz_touch(const void *bytes, size_t len);
void fuzz_must(int ok);
