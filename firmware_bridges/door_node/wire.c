#include "wire.h"

#include <string.h>

#define HEAD 3  /* version, type, address */
#define CHECK 4 /* CRC-32 */

uint32_t wire_crc(const void *data, uint8_t size)
{
    const uint8_t *byte = data;
    uint32_t crc = 0xFFFFFFFF;
    while (size--) {
        crc ^= *byte++;
        for (uint8_t bit = 0; bit < 8; bit++)
            crc = crc & 1 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
    }
    return ~crc;
}

int8_t wire_body_size(uint8_t type)
{
    switch (type) {
    case WIRE_HELLO: return sizeof(struct wire_hello);
    case WIRE_EVENT: return sizeof(struct wire_event);
    case WIRE_BEAT: return sizeof(struct wire_beat);
    case WIRE_TIME: return sizeof(struct wire_time);
    case WIRE_ACK: return sizeof(struct wire_ack);
    case WIRE_TIME_QUERY: return sizeof(struct wire_time_query);
    case WIRE_OUTPUT: return sizeof(struct wire_output);
    case WIRE_IDENTIFY: return sizeof(struct wire_identify);
    case WIRE_DONE:
    case WIRE_DESCRIBE:
#ifdef DOOR_NODE_TEST
    case WIRE_HANG:
#endif
    case WIRE_POLL: return 0;
    default: return -1;
    }
}

/* COBS: each block is a count byte and the non-zero bytes before the next zero. We never have 254 of them. */
static uint8_t cobs_encode(uint8_t *out, const uint8_t *in, uint8_t size)
{
    uint8_t length = 1, count_at = 0;
    for (uint8_t i = 0; i < size; i++) {
        if (in[i])
            out[length++] = in[i];
        else {
            out[count_at] = length - count_at;
            count_at = length++;
        }
    }
    out[count_at] = length - count_at;
    return length;
}

/* In place; what comes out is never longer. Returns the length, or 0 where this is no COBS. */
static uint8_t cobs_decode(uint8_t *run, uint8_t size)
{
    uint8_t read = 0, length = 0;
    while (read < size) {
        uint8_t count = run[read++];
        if (count - 1 > size - read)
            return 0;
        while (--count)
            run[length++] = run[read++];
        if (read < size)
            run[length++] = 0;
    }
    return length;
}

uint8_t wire_write(uint8_t out[WIRE_OUT_LIMIT], uint8_t type, uint8_t address, const void *body, uint8_t size)
{
    uint8_t raw[HEAD + WIRE_BODY_LIMIT + CHECK] = {WIRE_VERSION, type, address};
    if (size > WIRE_BODY_LIMIT)
        return 0;
    if (size) /* memcpy from nowhere is undefined, even of nothing */
        memcpy(raw + HEAD, body, size);
    uint32_t crc = wire_crc(raw, HEAD + size);
    memcpy(raw + HEAD + size, &crc, CHECK);
    uint8_t length = cobs_encode(out, raw, HEAD + size + CHECK);
    out[length++] = 0;
    return length;
}

static bool read_frame(const uint8_t *raw, uint8_t length, struct wire_frame *frame)
{
    if (length < HEAD + CHECK)
        return false;
    uint32_t crc;
    memcpy(&crc, raw + length - CHECK, CHECK);
    if (crc != wire_crc(raw, length - CHECK) || raw[0] != WIRE_VERSION)
        return false;
    frame->type = raw[1];
    frame->address = raw[2];
    frame->size = length - HEAD - CHECK;
    frame->body = raw + HEAD;
    if (wire_body_size(frame->type) != frame->size)
        return false;
    return frame->type != WIRE_OUTPUT || ((const struct wire_output *)frame->body)->on <= 1;
}

bool wire_take(struct wire_reader *reader, uint8_t byte, struct wire_frame *frame)
{
    if (byte) {
        if (reader->length < WIRE_RUN_LIMIT)
            reader->run[reader->length++] = byte;
        else
            reader->skipping = true;
        return false;
    }
    uint8_t length = reader->skipping ? 0 : cobs_decode(reader->run, reader->length);
    reader->length = 0;
    reader->skipping = false;
    return read_frame(reader->run, length, frame);
}
