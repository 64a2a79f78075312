/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

int wal_index_invalidate(const char *database);
