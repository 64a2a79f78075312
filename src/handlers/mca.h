/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The architectural machine check architecture of x86: what the low 16 bits of
 * MCi_STATUS mean on every processor (Intel SDM volume 3, "Machine-Check Architecture",
 * compound error codes; AMD APM volume 2, "Error Codes", which has the same forms).
 */

#include <stdint.h>

#include "event/kinds.h"
#include "util/text.h"

enum component mca_component(uint16_t code);
void mca_add_words(uint16_t code, struct text *out);
