/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What happens to a process whose memory fails, each in a process of its own: cmocka has
 * handlers for these signals itself.
 */

#define SCENE_FAILED  1
#define SCENE_SKIPPED 77

/* Plays the scene of that name and returns what its process exits with. */
int play_scene(const char *name, char **argv, char **envp);
