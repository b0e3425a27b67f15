#include "speech.h"

#include <avr/interrupt.h>
#include <string.h>

#include "clock.h"
#include "inputs.h"
#include "outputs.h"
#include "ring.h"
#include "settings.h"
#include "uart.h"
#include "wire.h"

#define WINDOW 4
#define RESEND_MS 500

static struct {
    uint32_t boot;
    uint8_t cause, address;
    uint16_t millivolts;
    bool hello_due, beat_due, time_due, polled;
    uint32_t time_token;
    uint32_t next;    /* number of the event to be said next; behind it, those said and not acknowledged */
    uint32_t said_ms; /* when an event was last said or taken out */
} self;

void speech_start(uint32_t boot, uint8_t cause)
{
    self.boot = boot;
    self.cause = cause;
    self.address = settings_address();
    self.next = ring_oldest();
    self.hello_due = true;
}

static bool say(uint8_t type, const void *body, uint8_t size)
{
    uint8_t out[WIRE_OUT_LIMIT];
    if (uart_room() < size + 9) /* head, checksum, COBS, delimiter */
        return false;
    uint8_t length = wire_write(out, type, self.address, body, size);
    for (uint8_t i = 0; i < length; i++)
        uart_put(out[i]);
    return true;
}

static bool say_hello(void)
{
    struct wire_hello hello = {
        .device = settings_device(),
        .ring = ring_epoch(),
        .boot = self.boot,
        .cause = self.cause,
        .ring_size = RING_SIZE,
        .inputs = INPUT_COUNT,
        .outputs = OUTPUT_COUNT,
        .firmware = "door-node 1.0",
    };
    return say(WIRE_HELLO, &hello, sizeof hello);
}

static bool say_beat(void)
{
    struct wire_beat beat = {
        .ring = ring_epoch(),
        .last = ring_last(),
        .dropped = ring_dropped(),
        .boot = self.boot,
        .millivolts = self.millivolts,
        .pending = ring_count(),
        .inputs = inputs_state(),
        .outputs = outputs_state(),
    };
    return say(WIRE_BEAT, &beat, sizeof beat);
}

static bool say_time(uint32_t now_ms)
{
    struct wire_time time = {self.time_token, now_ms};
    return say(WIRE_TIME, &time, sizeof time);
}

static bool say_event(uint32_t sequence, uint32_t now_ms)
{
    const struct ring_event *event = ring_at(sequence);
    struct wire_event said = {
        .ring = ring_epoch(),
        .sequence = sequence,
        .age_ms = now_ms - event->at_ms,
        .lost = ring_lost(),
        .value = event->value,
        .kind = event->kind,
        .older = sequence - ring_oldest(),
    };
    return say(WIRE_EVENT, &said, sizeof said);
}

static void say_events(uint32_t now_ms)
{
    if (self.next < ring_oldest()) /* taken out or overwritten meanwhile */
        self.next = ring_oldest();
    if (self.next != ring_oldest() && now_ms - self.said_ms >= RESEND_MS)
        self.next = ring_oldest();
    while (self.next <= ring_last() && self.next < ring_oldest() + WINDOW) {
        if (!say_event(self.next, now_ms))
            return;
        self.next++;
        self.said_ms = now_ms;
    }
}

void speech_speak(uint32_t now_ms)
{
    if (self.address != 0 && !(self.polled && uart_silent()))
        return; /* the pair is not ours; an answer to a poll is said whole, so it fits the empty buffer */
    if (self.hello_due && say_hello())
        self.hello_due = false;
    if (self.time_due && say_time(now_ms))
        self.time_due = false;
    say_events(now_ms);
    if (self.beat_due && say_beat())
        self.beat_due = false;
    if (self.address != 0)
        say(WIRE_DONE, 0, 0);
    self.polled = false;
}

void speech_beat(uint16_t millivolts)
{
    self.millivolts = millivolts;
    self.beat_due = true;
}

static void obey(const struct wire_frame *frame, uint32_t now_ms)
{
    switch (frame->type) {
    case WIRE_ACK: {
        struct wire_ack ack;
        memcpy(&ack, frame->body, sizeof ack);
        if (ring_ack(ack.ring, ack.sequence))
            self.said_ms = now_ms;
        break;
    }
    case WIRE_DESCRIBE:
        self.hello_due = true;
        break;
    case WIRE_TIME_QUERY: {
        memcpy(&self.time_token, frame->body, sizeof self.time_token);
        self.time_due = true;
        break;
    }
    case WIRE_OUTPUT: {
        struct wire_output order;
        memcpy(&order, frame->body, sizeof order);
        output_switch(order.output, order.on, order.duration_ms, now_ms);
        self.beat_due = true; /* shows that it was done */
        break;
    }
    case WIRE_IDENTIFY: {
        struct wire_identify order;
        memcpy(&order, frame->body, sizeof order);
        identify(order.duration_ms, now_ms);
        break;
    }
    case WIRE_POLL:
        self.polled = true;
        break;
#ifdef DOOR_NODE_TEST
    case WIRE_HANG:
        cli();
        for (;;)
            ;
#endif
    }
}

void speech_listen(uint32_t now_ms)
{
    static struct wire_reader reader;
    struct wire_frame frame;
    uint8_t byte;
    while (uart_take(&byte))
        if (wire_take(&reader, byte, &frame) && frame.address == self.address)
            obey(&frame, now_ms);
}
