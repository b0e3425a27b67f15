#include "clock.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/wdt.h>
#include <util/atomic.h>

#include "inputs.h"

/* Not cleared at a reset; each count stands beside its complement, so that a half-written one is known as such. */
static volatile struct count {
    uint32_t ms, not_ms;
} ticked __attribute__((section(".noinit"))), passed __attribute__((section(".noinit")));

ISR(TIMER0_COMPA_vect)
{
    uint32_t ms = ticked.ms + 1;
    ticked.ms = ms;
    ticked.not_ms = ~ms;
    inputs_sample();
}

static void set(volatile struct count *count, uint32_t ms)
{
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE)
    {
        count->ms = ms;
        count->not_ms = ~ms;
    }
}

static bool whole(const volatile struct count *count)
{
    return count->ms == ~count->not_ms;
}

bool clock_resume(bool by_watchdog)
{
    /* The watchdog bit exactly its period after the last pass, however long the tick went on meanwhile. */
    if (by_watchdog && whole(&passed)) {
        set(&ticked, passed.ms + CLOCK_WATCHDOG_MS);
        return true;
    }
    if (whole(&ticked))
        return true;
    clock_restart();
    return false;
}

void clock_restart(void)
{
    set(&ticked, 0);
    set(&passed, 0);
}

void clock_start(void)
{
    TCCR0A = _BV(WGM01); /* clear on compare: 16 MHz / 64 / 250 = 1 kHz */
    OCR0A = 249;
    TCCR0B = _BV(CS01) | _BV(CS00);
    TIMSK0 = _BV(OCIE0A);
}

void clock_pass(void)
{
    wdt_reset();
    set(&passed, clock_now());
}

uint32_t clock_now(void)
{
    uint32_t ms;
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { ms = ticked.ms; }
    return ms;
}
