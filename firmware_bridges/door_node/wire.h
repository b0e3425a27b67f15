/* Frames out of bytes and bytes out of frames: the C twin of ../wire.py. ../README.md is the page for people.
 * Compiled for the controller and, by the tests, for the host: nothing here knows of registers. */
#ifndef WIRE_H
#define WIRE_H

#include <stdbool.h>
#include <stdint.h>

#define WIRE_VERSION 1
#define WIRE_BODY_LIMIT 48
#define WIRE_RUN_LIMIT (3 + WIRE_BODY_LIMIT + 4 + 1)
#define WIRE_OUT_LIMIT (WIRE_RUN_LIMIT + 1) /* and the delimiter */

enum wire_type {
    WIRE_HELLO = 0x01,
    WIRE_EVENT = 0x02,
    WIRE_BEAT = 0x03,
    WIRE_TIME = 0x04,
    WIRE_DONE = 0x05,
    WIRE_ACK = 0x81, /* 0x80 and above: spoken by the house */
    WIRE_DESCRIBE = 0x82,
    WIRE_TIME_QUERY = 0x83,
    WIRE_OUTPUT = 0x84,
    WIRE_IDENTIFY = 0x85,
    WIRE_POLL = 0x86,
#ifdef DOOR_NODE_TEST
    WIRE_HANG = 0xFE, /* stop working, so that a test can see the watchdog bite; never in a node that is shipped */
#endif
};

enum wire_kind { WIRE_DOOR = 1, WIRE_TAMPER = 2, WIRE_BATTERY = 3 };

/* Bodies as they stand on the wire; both our machines are little-endian, as the wire is. */
struct wire_hello {
    uint32_t device, ring, boot;
    uint8_t cause, ring_size, inputs, outputs;
    char firmware[16];
} __attribute__((packed));

struct wire_event {
    uint32_t ring, sequence, age_ms;
    uint16_t lost, value;
    uint8_t kind, older;
} __attribute__((packed));

struct wire_beat {
    uint32_t ring, last, dropped, boot;
    uint16_t millivolts;
    uint8_t pending, inputs, outputs;
} __attribute__((packed));

struct wire_time {
    uint32_t token, uptime_ms;
} __attribute__((packed));

struct wire_ack {
    uint32_t ring, sequence;
} __attribute__((packed));

struct wire_time_query {
    uint32_t token;
} __attribute__((packed));

struct wire_output {
    uint8_t output, on;
    uint32_t duration_ms;
} __attribute__((packed));

struct wire_identify {
    uint32_t duration_ms;
} __attribute__((packed));

struct wire_frame {
    uint8_t type, address, size;
    const uint8_t *body; /* points into the reader; good until the next byte */
};

struct wire_reader {
    uint8_t run[WIRE_RUN_LIMIT];
    uint8_t length;
    bool skipping; /* the run was too long; wait for the next delimiter */
};

/* CRC-32/ISO-HDLC of `size` bytes. */
uint32_t wire_crc(const void *data, uint8_t size);

/* Length a body of this type must have, -1 for a type we do not know. */
int8_t wire_body_size(uint8_t type);

/* The frame as it goes on the wire, delimiter included; returns its length, 0 for a body over WIRE_BODY_LIMIT. */
uint8_t wire_write(uint8_t out[WIRE_OUT_LIMIT], uint8_t type, uint8_t address, const void *body, uint8_t size);

/* One byte of the line in; true when it ended a right frame, which then stands in *frame. */
bool wire_take(struct wire_reader *reader, uint8_t byte, struct wire_frame *frame);

#endif
