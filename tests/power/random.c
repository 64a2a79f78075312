// SPDX-License-Identifier: LGPL-2.1-or-later

#include "power/powercut.h"

/* splitmix64, public domain: https://prng.di.unimi.it/splitmix64.c has the numbers. */
uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

uint64_t random_below(uint64_t *state, uint64_t n)
{
	return n ? random_next(state) % n : 0;
}
