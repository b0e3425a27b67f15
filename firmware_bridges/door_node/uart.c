#include "uart.h"

#include <avr/interrupt.h>
#include <avr/io.h>

#define IN_SIZE 128
#define DRIVE PB0 /* DE and /RE of an RS-485 transceiver; not connected on a plain UART */

static volatile uint8_t in[IN_SIZE], in_put, in_taken;
static volatile uint8_t out[256], out_put, out_taken; /* 256: the indices come round by themselves */
static volatile bool speaking;

ISR(USART_RX_vect)
{
    uint8_t byte = UDR0, next = (in_put + 1) % IN_SIZE;
    if (next == in_taken)
        return; /* full: the frame will fail its checksum and be said again */
    in[in_put] = byte;
    in_put = next;
}

ISR(USART_UDRE_vect)
{
    if (out_put == out_taken) {
        UCSR0B &= ~_BV(UDRIE0);
        return;
    }
    UCSR0A = _BV(U2X0) | _BV(TXC0); /* writing 1 clears it: it is to mean the end of this byte */
    UDR0 = out[out_taken++];
}

ISR(USART_TX_vect)
{
    if (out_put != out_taken)
        return;
    PORTB &= ~_BV(DRIVE);
    speaking = false;
}

void uart_start(void)
{
    PORTB &= ~_BV(DRIVE);
    DDRB |= _BV(DRIVE);
    UBRR0 = 16; /* with U2X: 117,647 baud, 2.1 % above 115,200 (datasheet table 20-6) */
    UCSR0A = _BV(U2X0);
    UCSR0C = _BV(UCSZ01) | _BV(UCSZ00);
    UCSR0B = _BV(RXEN0) | _BV(TXEN0) | _BV(RXCIE0) | _BV(TXCIE0);
}

bool uart_take(uint8_t *byte)
{
    if (in_taken == in_put)
        return false;
    *byte = in[in_taken];
    in_taken = (in_taken + 1) % IN_SIZE;
    return true;
}

uint8_t uart_room(void)
{
    return out_taken - out_put - 1;
}

bool uart_silent(void)
{
    return !speaking;
}

void uart_put(uint8_t byte)
{
    uint8_t sreg = SREG;
    cli();
    PORTB |= _BV(DRIVE);
    speaking = true;
    out[out_put++] = byte;
    UCSR0B |= _BV(UDRIE0);
    SREG = sreg;
}
