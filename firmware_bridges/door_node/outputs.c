#include "outputs.h"

#include <avr/io.h>

#define RELAY PB1
#define LAMP PB5
#define BLINK_BIT 7 /* of the milliseconds: about four blinks a second */

struct timer {
    bool running;
    uint32_t from_ms, for_ms;
};
static struct timer relay, lamp;

static bool ran_out(struct timer *timer, uint32_t now_ms)
{
    if (!timer->running || now_ms - timer->from_ms < timer->for_ms)
        return false;
    timer->running = false;
    return true;
}

void outputs_start(void)
{
    /* A reset lets the relay go: what a lane does then is for the barrier's own wiring to make safe. */
    PORTB &= ~(_BV(RELAY) | _BV(LAMP));
    DDRB |= _BV(RELAY) | _BV(LAMP);
}

void output_switch(uint8_t output, bool on, uint32_t duration_ms, uint32_t now_ms)
{
    if (output >= OUTPUT_COUNT)
        return;
    if (on)
        PORTB |= _BV(RELAY);
    else
        PORTB &= ~_BV(RELAY);
    relay = (struct timer){on && duration_ms != 0, now_ms, duration_ms};
}

void identify(uint32_t duration_ms, uint32_t now_ms)
{
    lamp = (struct timer){true, now_ms, duration_ms};
}

bool outputs_tick(uint32_t now_ms)
{
    ran_out(&lamp, now_ms);
    if (lamp.running && !(((now_ms - lamp.from_ms) >> BLINK_BIT) & 1))
        PORTB |= _BV(LAMP);
    else
        PORTB &= ~_BV(LAMP);
    if (!ran_out(&relay, now_ms))
        return false;
    PORTB &= ~_BV(RELAY);
    return true;
}

uint8_t outputs_state(void)
{
    return (PORTB & _BV(RELAY)) != 0;
}
