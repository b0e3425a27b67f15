/* What the node says and what it obeys: frames of ../README.md on one side, ring, inputs and outputs on the other. */
#ifndef SPEECH_H
#define SPEECH_H

#include <stdint.h>

void speech_start(uint32_t boot, uint8_t cause);

/* Read what came over the line and do it. */
void speech_listen(uint32_t now_ms);

/* The battery was measured and it is time for a beat. */
void speech_beat(uint16_t millivolts);

/* Say what is due, if it is ours to speak. */
void speech_speak(uint32_t now_ms);

#endif
