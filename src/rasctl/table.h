/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One table for people, by libsmartcols. */

#include "rasctl/grid.h"
#include "rasctl/output.h"

size_t table_width(const struct column *columns, size_t n_columns,
		   const struct cells *cells);
void table_print(const struct output *out, const struct column *columns, size_t n_columns,
		 struct cells *cells);
