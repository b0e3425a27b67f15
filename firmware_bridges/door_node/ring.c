#include "ring.h"

#include <string.h>

#include "wire.h"

#define AGE_LIMIT_MS (45UL * 24 * 3600 * 1000)

struct head {
    uint32_t epoch, last, dropped;
    uint16_t lost;
    uint8_t count;
    uint8_t reported;
    uint32_t check;
};

/* Two copies of the head, written one after the other: a reset in the midst of one leaves the other. */
static struct {
    struct head copy[2];
    struct ring_event slot[RING_SIZE];
} kept __attribute__((section(".noinit")));

static struct head head;

static uint32_t head_check(const struct head *h)
{
    return wire_crc(h, sizeof *h - sizeof h->check);
}

static void keep_head(void)
{
    head.check = head_check(&head);
    for (uint8_t i = 0; i < 2; i++) {
        kept.copy[i] = head;
        __asm__ volatile("" ::: "memory"); /* the copies are not to be merged or reordered */
    }
}

static struct ring_event *slot(uint32_t sequence)
{
    return &kept.slot[sequence % RING_SIZE];
}

static uint16_t slot_check(uint32_t sequence)
{
    const struct ring_event *event = slot(sequence);
    struct {
        uint32_t at_ms, sequence;
        uint16_t value;
        uint8_t kind, zero;
    } said = {event->at_ms, sequence, event->value, event->kind, 0};
    return (uint16_t)wire_crc(&said, sizeof said);
}

bool ring_resume(void)
{
    uint8_t i = 0;
    while (i < 2 && kept.copy[i].check != head_check(&kept.copy[i]))
        i++;
    if (i == 2)
        return false;
    head = kept.copy[i];
    if (head.count > RING_SIZE)
        return false;
    for (uint32_t n = ring_oldest(); n != head.last + 1; n++)
        if (slot(n)->check != slot_check(n))
            return false;
    keep_head();
    return true;
}

void ring_new(uint32_t epoch)
{
    memset(&head, 0, sizeof head);
    head.epoch = epoch;
    keep_head();
}

void ring_push(uint32_t at_ms, uint8_t kind, uint16_t value, uint8_t reported)
{
    if (head.count == RING_SIZE) {
        head.count--;
        head.dropped++;
        if (head.lost != UINT16_MAX)
            head.lost++;
        keep_head(); /* before the slot is overwritten: a reset between the two must not find a wrong event in it */
    }
    struct ring_event *event = slot(head.last + 1);
    event->at_ms = at_ms;
    event->value = value;
    event->kind = kind;
    event->check = slot_check(head.last + 1);
    head.last++;
    head.count++;
    head.reported = reported;
    keep_head();
}

bool ring_ack(uint32_t epoch, uint32_t sequence)
{
    if (epoch != head.epoch || sequence > head.last || sequence < ring_oldest())
        return false;
    head.count = head.last - sequence;
    head.lost = 0;
    keep_head();
    return true;
}

void ring_hold_ages(uint32_t now_ms)
{
    for (uint32_t n = ring_oldest(); n != head.last + 1; n++) {
        struct ring_event *event = slot(n);
        if (now_ms - event->at_ms <= AGE_LIMIT_MS)
            continue;
        event->at_ms = now_ms - AGE_LIMIT_MS;
        event->check = slot_check(n);
    }
}

const struct ring_event *ring_at(uint32_t sequence) { return slot(sequence); }
uint32_t ring_epoch(void) { return head.epoch; }
uint32_t ring_oldest(void) { return head.last - head.count + 1; }
uint32_t ring_last(void) { return head.last; }
uint32_t ring_dropped(void) { return head.dropped; }
uint16_t ring_lost(void) { return head.lost; }
uint8_t ring_count(void) { return head.count; }
uint8_t ring_reported(void) { return head.reported; }
