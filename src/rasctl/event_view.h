/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "rasctl/output.h"

extern const struct view event_list_view;
extern const struct view event_record_view;
/* for csv: what each row has */
extern const struct view event_members_view, export_view;
