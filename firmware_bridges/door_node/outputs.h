/* Orders in, a relay pulled for so long and a blinking lamp out. */
#ifndef OUTPUTS_H
#define OUTPUTS_H

#include <stdbool.h>
#include <stdint.h>

#define OUTPUT_COUNT 1

void outputs_start(void);

/* Switch an output; 0 ms means until told otherwise. An output we do not have is ignored. */
void output_switch(uint8_t output, bool on, uint32_t duration_ms, uint32_t now_ms);

void identify(uint32_t duration_ms, uint32_t now_ms);

/* Let go of what has run its time; true when the relay fell off by itself. */
bool outputs_tick(uint32_t now_ms);

uint8_t outputs_state(void);

#endif
