/* Two chattering switches and a battery in, settled states out. */
#ifndef INPUTS_H
#define INPUTS_H

#include <stdbool.h>
#include <stdint.h>

/* Bits of the inputs; in ring_reported() INPUT_KNOWN shifts the first two to "the house has been told". */
#define INPUT_DOOR 0x01
#define INPUT_TAMPER 0x02
#define INPUT_BATTERY_LOW 0x04
#define INPUT_COUNT 2
#define INPUT_KNOWN(bit) ((uint8_t)((bit) << 4))

/* Pull-ups, converter. `reported` is what the house was last told; what it was told is no news. */
void inputs_start(uint8_t reported);

/* Once a millisecond, from the tick. */
void inputs_sample(void);

/* Take the next switch that has settled anew: its bit and its state. False: none. */
bool inputs_take(uint8_t *bit, bool *open);

uint8_t inputs_state(void);

/* Measure, in millivolts; takes a tenth of a millisecond. */
uint16_t battery_millivolts(void);

#endif
