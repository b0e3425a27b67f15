/* Bytes to and from the line, by interrupt; drives the RS-485 transceiver's enable pin while it speaks. */
#ifndef UART_H
#define UART_H

#include <stdbool.h>
#include <stdint.h>

void uart_start(void);

/* The next byte that came; false: none. */
bool uart_take(uint8_t *byte);

/* Bytes that may be put without waiting. */
uint8_t uart_room(void);

/* Everything put has left the chip. */
bool uart_silent(void);

void uart_put(uint8_t byte);

#endif
