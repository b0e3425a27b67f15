/* A reed switch, a case switch and a battery in, frames on the line out. ATmega328P at 16 MHz. */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <avr/wdt.h>

#include "clock.h"
#include "inputs.h"
#include "outputs.h"
#include "ring.h"
#include "settings.h"
#include "speech.h"
#include "uart.h"
#include "wire.h"

#define BEAT_MS 1000
#define BATTERY_LOW_MV 3300
#define BATTERY_GOOD_MV 3400 /* apart, so that a battery at the mark does not chatter */

static uint8_t cause __attribute__((section(".noinit")));

/* The watchdog stays armed over its own reset; before main, or a slow start is bitten again (avr-libc, <avr/wdt.h>). */
void find_cause(void) __attribute__((naked, used, section(".init3")));
void find_cause(void)
{
    cause = MCUSR;
    MCUSR = 0;
    wdt_disable();
}

/* The ring of before the reset if RAM, clock and power held; else a new one, numbered by this start. */
static void start_ring(uint32_t boot)
{
    bool power_held = !(cause & (_BV(PORF) | _BV(BORF)));
    if (power_held && clock_resume(cause & _BV(WDRF)) && ring_resume())
        return;
    clock_restart();
    ring_new(boot);
}

static void keep(uint8_t kind, uint16_t value, uint8_t bit, bool set)
{
    uint8_t reported = ring_reported() | INPUT_KNOWN(bit);
    ring_push(clock_now(), kind, value, set ? reported | bit : reported & ~bit);
}

static void watch_switches(void)
{
    uint8_t bit;
    bool open;
    while (inputs_take(&bit, &open))
        keep(bit == INPUT_DOOR ? WIRE_DOOR : WIRE_TAMPER, open, bit, open);
}

static void watch_battery(uint16_t millivolts)
{
    bool was_low = ring_reported() & INPUT_BATTERY_LOW;
    if (was_low ? millivolts >= BATTERY_GOOD_MV : millivolts < BATTERY_LOW_MV)
        keep(WIRE_BATTERY, millivolts, INPUT_BATTERY_LOW, !was_low);
}

int main(void)
{
    wdt_enable(CLOCK_WATCHDOG);
    uint32_t boot = settings_count_boot();
    start_ring(boot);
    outputs_start();
    inputs_start(ring_reported());
    uart_start();
    clock_start();
    speech_start(boot, cause);
    sei();

    uint32_t beat_ms = clock_now();
    for (;;) {
        clock_pass();
        uint32_t now = clock_now();
        speech_listen(now);
        watch_switches();
        if (outputs_tick(now))
            speech_beat(battery_millivolts());
        if (now - beat_ms >= BEAT_MS) {
            beat_ms += BEAT_MS;
            uint16_t millivolts = battery_millivolts();
            watch_battery(millivolts);
            ring_hold_ages(now);
            speech_beat(millivolts);
        }
        speech_speak(clock_now()); /* read anew: an event kept in this pass may be younger than `now` */
        set_sleep_mode(SLEEP_MODE_IDLE);
        sleep_mode();
    }
}
