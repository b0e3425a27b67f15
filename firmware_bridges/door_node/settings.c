#include "settings.h"

#include <avr/eeprom.h>

/* The first bytes of the EEPROM are those a brown-out destroys (Atmel AVR101, "address zero"), so they stay empty. */
struct settings {
    uint8_t unused[16];
    uint32_t device;
    uint8_t address;
    uint8_t spare[3];
    struct boot {
        uint32_t count, not_count;
    } boot[2]; /* written in turn: power lost while one is written leaves the other */
};
static struct settings *const stored = 0;

uint32_t settings_device(void)
{
    return eeprom_read_dword(&stored->device);
}

uint8_t settings_address(void)
{
    uint8_t address = eeprom_read_byte(&stored->address);
    return address == 0xFF ? 0 : address;
}

uint32_t settings_count_boot(void)
{
    uint32_t highest = 0;
    for (uint8_t i = 0; i < 2; i++) {
        struct boot boot;
        eeprom_read_block(&boot, &stored->boot[i], sizeof boot);
        if (boot.count == ~boot.not_count && boot.count > highest)
            highest = boot.count;
    }
    uint32_t count = highest + 1;
    struct boot boot = {count, ~count};
    eeprom_update_block(&boot, &stored->boot[count & 1], sizeof boot);
    return count;
}
