/* A thousand ticks a second in, milliseconds out; the count goes on over a reset as well as it can. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define CLOCK_WATCHDOG WDTO_500MS
#define CLOCK_WATCHDOG_MS 500

/* Go on from before the reset. False: that count is lost, and the clock stands at 0. */
bool clock_resume(bool by_watchdog);

/* Start the count at 0. */
void clock_restart(void);

/* Start ticking. */
void clock_start(void);

/* The main loop came round; tells the watchdog too. */
void clock_pass(void);

uint32_t clock_now(void);

#endif
