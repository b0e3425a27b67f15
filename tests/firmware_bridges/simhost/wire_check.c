/* Reads firmware_bridges/wire_vectors.txt with the firmware's own wire.c: good frames to the byte, bad ones refused. */
#include <stdio.h>
#include <string.h>

#include "wire.h"

static int unhex(const char *text, uint8_t *out)
{
    int length = 0;
    unsigned byte;
    while (sscanf(text, "%2x", &byte) == 1) {
        out[length++] = byte;
        text += 2;
    }
    return length;
}

/* How many frames the reader makes of these bytes; the last one is left in *frame. */
static int take(struct wire_reader *reader, const uint8_t *bytes, int length, struct wire_frame *frame)
{
    int frames = 0;
    for (int i = 0; i < length; i++)
        frames += wire_take(reader, bytes[i], frame);
    return frames;
}

static int good(const char *name, unsigned type, unsigned address, const char *body_hex, const char *wire_hex)
{
    struct wire_reader reader = {.length = 0};
    struct wire_frame frame;
    uint8_t body[256], wire[256], written[WIRE_OUT_LIMIT];
    int body_length = unhex(body_hex, body), wire_length = unhex(wire_hex, wire);
    if (wire_write(written, type, address, body, body_length) != wire_length || memcmp(written, wire, wire_length))
        return printf("%s: written otherwise\n", name), 1;
    if (take(&reader, wire, wire_length, &frame) != 1 || frame.type != type || frame.address != address)
        return printf("%s: not read\n", name), 1;
    if (frame.size != body_length || memcmp(frame.body, body, body_length))
        return printf("%s: another body read\n", name), 1;
    return 0;
}

static int bad(const char *name, const char *wire_hex)
{
    struct wire_reader reader = {.length = 0};
    struct wire_frame frame;
    uint8_t wire[256];
    static const uint8_t poll[] = {0x08, 0x01, 0x86, 0x05, 0x67, 0x78, 0x30, 0xe3, 0x00};
    if (take(&reader, wire, unhex(wire_hex, wire), &frame) != 0)
        return printf("%s: accepted\n", name), 1;
    if (take(&reader, poll, sizeof poll, &frame) != 1 || frame.type != WIRE_POLL)
        return printf("%s: the frame behind it is not read\n", name), 1;
    return 0;
}

int main(int argc, char **argv)
{
    char line[512], name[64], body[256], wire[256];
    unsigned type, address;
    int read = 0, wrong = 0;
    FILE *file = argc == 2 ? fopen(argv[1], "r") : NULL;
    if (!file)
        return perror("wire_vectors.txt"), 2;
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "good %63s %x %x %255s %255s", name, &type, &address, body, wire) == 5)
            wrong += good(name, type, address, body, wire);
        else if (sscanf(line, "bad %63s %255s", name, wire) == 2)
            wrong += bad(name, wire);
        else
            continue;
        read++;
    }
    fclose(file);
    printf("%d read, %d wrong\n", read, wrong);
    return wrong != 0;
}
