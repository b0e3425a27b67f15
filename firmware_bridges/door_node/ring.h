/* Happenings in, the oldest unacknowledged out. Lives in RAM that a reset does not clear, and knows whether it is whole. */
#ifndef RING_H
#define RING_H

#include <stdbool.h>
#include <stdint.h>

#define RING_SIZE 64

struct ring_event {
    uint32_t at_ms; /* on the clock of clock.h */
    uint16_t value;
    uint8_t kind;
    uint16_t check; /* over the above and the event's number */
};

/* Is the ring of before the reset still whole? If not, nothing of it may be used. */
bool ring_resume(void);

/* An empty ring with a number of its own. */
void ring_new(uint32_t epoch);

/* Keep a happening. `reported` is the state the house knows once it has this event; it outlives a reset with the ring. */
void ring_push(uint32_t at_ms, uint8_t kind, uint16_t value, uint8_t reported);

/* The house has everything up to this number on disk; true if that took something out. An ack of another ring, or of a
 * number not given, is ignored. */
bool ring_ack(uint32_t epoch, uint32_t sequence);

/* Ages stop growing before the 32-bit millisecond clock comes round to them. Call now and then. */
void ring_hold_ages(uint32_t now_ms);

/* The event with this number, which must lie between ring_oldest() and ring_last(). */
const struct ring_event *ring_at(uint32_t sequence);

uint32_t ring_epoch(void);
uint32_t ring_oldest(void); /* ring_last() + 1 when nothing is held */
uint32_t ring_last(void);
uint32_t ring_dropped(void); /* overwritten since the ring was made */
uint16_t ring_lost(void);    /* numbers just before the oldest that were overwritten unacknowledged */
uint8_t ring_count(void);
uint8_t ring_reported(void);

#endif
