/* Loaded before a node (LD_PRELOAD): the system's clock is ahead by CLOCK_AHEAD seconds there, as on a machine that nobody
 * corrects. What is measured between two moments (CLOCK_MONOTONIC) stays right. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *at)
{
	int result = syscall(SYS_clock_gettime, clock, at);
	const char *ahead = getenv("CLOCK_AHEAD");

	if (result == 0 && clock == CLOCK_REALTIME && ahead != NULL)
		at->tv_sec += atol(ahead);
	return result;
}
