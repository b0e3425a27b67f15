/* EEPROM in, who this node is out. provision.py writes the image. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdint.h>

uint32_t settings_device(void);

/* 0: alone on the cable, speaks freely; also what a blank EEPROM gives. */
uint8_t settings_address(void);

/* Count this start and return its number, never one that was returned before. */
uint32_t settings_count_boot(void);

#endif
