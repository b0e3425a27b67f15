#include "inputs.h"

#include <avr/io.h>
#include <util/atomic.h>

#define DEBOUNCE_MS 20
#define REFERENCE_MV 5000UL /* AVCC; the battery hangs on ADC0 */
#define UNKNOWN 0xFF

/* PD4 reed switch, PD5 case switch; high is open. Not PD2 or PD3: there simavr 1.6 never sleeps (its issue 465). */
static volatile struct {
    const uint8_t pin, bit;
    uint8_t state, differs_ms;
} input[INPUT_COUNT] = {{PD4, INPUT_DOOR, UNKNOWN, 0}, {PD5, INPUT_TAMPER, UNKNOWN, 0}};

static volatile uint8_t changed;

void inputs_start(uint8_t reported)
{
    for (uint8_t i = 0; i < INPUT_COUNT; i++)
        if (reported & INPUT_KNOWN(input[i].bit))
            input[i].state = (reported & input[i].bit) != 0;
    PORTD |= _BV(PD4) | _BV(PD5);
    ADMUX = _BV(REFS0);
    ADCSRA = _BV(ADEN) | _BV(ADPS2) | _BV(ADPS1) | _BV(ADPS0);
}

void inputs_sample(void)
{
    for (uint8_t i = 0; i < INPUT_COUNT; i++) {
        uint8_t level = (PIND >> input[i].pin) & 1;
        if (level == input[i].state)
            input[i].differs_ms = 0;
        else if (++input[i].differs_ms >= DEBOUNCE_MS) {
            input[i].state = level;
            input[i].differs_ms = 0;
            changed |= input[i].bit;
        }
    }
}

bool inputs_take(uint8_t *bit, bool *open)
{
    for (uint8_t i = 0; i < INPUT_COUNT; i++) {
        if (!(changed & input[i].bit))
            continue;
        ATOMIC_BLOCK(ATOMIC_RESTORESTATE)
        {
            changed &= ~input[i].bit;
            *open = input[i].state;
        }
        *bit = input[i].bit;
        return true;
    }
    return false;
}

uint8_t inputs_state(void)
{
    uint8_t state = 0;
    for (uint8_t i = 0; i < INPUT_COUNT; i++)
        if (input[i].state == 1)
            state |= input[i].bit;
    return state;
}

uint16_t battery_millivolts(void)
{
    ADCSRA |= _BV(ADSC);
    loop_until_bit_is_clear(ADCSRA, ADSC);
    return ADC * REFERENCE_MV / 1024;
}
