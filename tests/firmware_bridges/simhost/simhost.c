/* Runs a door node's real firmware in an emulated ATmega328P, in real time: its UART is a pty, its switches are commands.
 *
 *     simhost -l LINK -e EEPROM.bin door_node.elf
 *
 * Links against simavr, which is GPL-3: a test program apart, no part of what Menshen ships.
 * Standard input, one command a line: reed 0|1, tamper 0|1, bounce V N (N chatters, then V), adc MILLIVOLTS, reset,
 * wait MS (of the controller's time, before the next command), unplug, plug, stat, quit. Its end is quit too, so that no
 * emulator outlives its test.
 * Standard output: "ready" once the pty is there, "relay 0|1", "lamp 0|1", the answer to stat.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pty.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <simavr/avr_adc.h>
#include <simavr/avr_eeprom.h>
#include <simavr/avr_ioport.h>
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_elf.h>

#define HERTZ 16000000
#define SLICE (HERTZ / 1000) /* one millisecond between looks at the world */
#define EEPROM_SIZE 1024
#define REED 4
#define TAMPER 5
#define DRIVE 0
#define RELAY 1
#define LAMP 5
#define PIND_AT 0x29
#define DDRD_AT 0x2a
#define MCUSR_AT 0x54

static avr_t *avr;

static struct {
    const char *link;
    int master, slave;
    bool listening;             /* the firmware's receiver is on and has room */
    uint8_t waiting[4096];      /* came over the pty, not yet given to the firmware */
    int length, given;
    bool driving;               /* the RS-485 driver is enabled */
    unsigned long said, undriven;
} line = {.master = -1, .slave = -1};

static struct {
    int left, final;
    double next;
} bounce;

static uint8_t levels;

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + now.tv_nsec * 1e-9;
}

static double simulated(void)
{
    return (double)avr->cycle / HERTZ;
}

/* ---- the line */

static void on_said(avr_irq_t *irq, uint32_t byte, void *unused)
{
    (void)irq, (void)unused;
    uint8_t out = byte;
    line.said++;
    if (!line.driving)
        line.undriven++;
    if (line.master >= 0 && write(line.master, &out, 1) != 1)
        return; /* nobody reads: gone, as on a real line */
}

static void on_room(avr_irq_t *irq, uint32_t value, void *unused)
{
    (void)irq, (void)value, (void)unused;
    line.listening = true;
}

static void on_full(avr_irq_t *irq, uint32_t value, void *unused)
{
    (void)irq, (void)unused;
    if (value)
        line.listening = false;
}

static void plug(void)
{
    char name[64];
    struct termios raw;
    if (openpty(&line.master, &line.slave, name, NULL, NULL)) {
        perror("openpty");
        exit(2);
    }
    tcgetattr(line.slave, &raw);
    cfmakeraw(&raw);
    tcsetattr(line.slave, TCSANOW, &raw);
    fcntl(line.master, F_SETFL, O_NONBLOCK);
    unlink(line.link);
    if (symlink(name, line.link)) {
        perror(line.link);
        exit(2);
    }
    puts("ready");
}

static void unplug(void)
{
    close(line.master);
    close(line.slave);
    line.master = line.slave = -1;
    unlink(line.link);
}

static void carry(void)
{
    if (line.given == line.length && line.master >= 0) {
        int count = read(line.master, line.waiting, sizeof line.waiting);
        line.length = count > 0 ? count : 0;
        line.given = 0;
    }
    avr_irq_t *in = avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT);
    while (line.given < line.length && line.listening) /* bytes given before RXEN would be lost in simavr */
        avr_raise_irq(in, line.waiting[line.given++]);
}

/* ---- the pins */

/* SET_EXTERNAL, or a firmware that switches its pull-ups on makes simavr raise the pin over our level. */
static void set_pin(int pin, int level)
{
    levels = (levels & ~(1u << pin)) | (unsigned)(level != 0) << pin;
    avr_ioport_external_t external = {.name = 'D', .mask = 1 << REED | 1 << TAMPER, .value = levels};
    avr_ioctl(avr, AVR_IOCTL_IOPORT_SET_EXTERNAL('D'), &external);
    avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ('D'), pin), level != 0);
}

/* simavr 1.6 forgets outer levels at a watchdog reset (its issue 518): raise those anew that are not seen. */
static void reassert_pins(void)
{
    static const int pins[] = {REED, TAMPER};
    for (int i = 0; i < 2; i++) {
        int level = levels >> pins[i] & 1, seen = avr->data[PIND_AT] >> pins[i] & 1;
        if (avr->data[DDRD_AT] >> pins[i] & 1 || level == seen)
            continue;
        set_pin(pins[i], !level); /* an IRQ that keeps its value tells nobody */
        set_pin(pins[i], level);
    }
}

static void on_output(avr_irq_t *irq, uint32_t level, void *name)
{
    static int relay, lamp;
    int *was = irq->irq == IOPORT_IRQ_PIN0 + RELAY ? &relay : &lamp;
    if (*was != (int)level)
        printf("%s %d\n", (const char *)name, (int)level);
    *was = level;
}

static void on_drive(avr_irq_t *irq, uint32_t level, void *unused)
{
    (void)irq, (void)unused;
    line.driving = level;
}

static void set_battery(int millivolts)
{
    avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_ADC_GETIRQ, ADC_IRQ_ADC0), millivolts);
}

/* A contact that chatters: a random level every 0.3 to 3 ms. */
static void chatter(double now)
{
    if (bounce.left == 0 || now < bounce.next)
        return;
    bounce.left--;
    set_pin(REED, bounce.left ? rand() & 1 : bounce.final);
    bounce.next = now + 0.0003 + 0.0027 * rand() / RAND_MAX;
}

/* ---- the commands */

static void stat(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    printf("stat sim=%.3f cpu=%.3f said=%lu undriven=%lu\n", simulated(),
           used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6,
           line.said, line.undriven);
}

static double resume; /* no command is read before the controller's time is this */

/* False: the end. */
static bool obey(const char *command)
{
    int a, b;
    if (sscanf(command, "reed %d", &a) == 1)
        set_pin(REED, a);
    else if (sscanf(command, "tamper %d", &a) == 1)
        set_pin(TAMPER, a);
    else if (sscanf(command, "bounce %d %d", &a, &b) == 2)
        bounce.final = a, bounce.left = b, bounce.next = 0;
    else if (sscanf(command, "adc %d", &a) == 1)
        set_battery(a);
    else if (sscanf(command, "wait %d", &a) == 1)
        resume = simulated() + a / 1000.0;
    else if (!strcmp(command, "reset"))
        avr_reset(avr);
    else if (!strcmp(command, "unplug"))
        unplug();
    else if (!strcmp(command, "plug"))
        plug();
    else if (!strcmp(command, "stat"))
        stat();
    else if (!strcmp(command, "quit"))
        return false;
    else
        fprintf(stderr, "unknown command: %s\n", command);
    return true;
}

/* False: the end of the commands. */
static bool listen_to_commands(void)
{
    static char command[128];
    static int length;
    char c;
    int count = -1;
    while (simulated() >= resume && (count = read(STDIN_FILENO, &c, 1)) == 1) {
        if (c != '\n') {
            if (length < (int)sizeof command - 1)
                command[length++] = c;
            continue;
        }
        command[length] = 0;
        length = 0;
        if (!obey(command))
            return false;
    }
    return count != 0;
}

/* ---- the chip */

static void no_sleep(avr_t *chip, avr_cycle_count_t cycles)
{
    (void)chip, (void)cycles; /* simavr would sleep by itself; we keep the time, slice by slice */
}

static void make_chip(const char *path)
{
    elf_firmware_t firmware = {{0}};
    if (elf_read_firmware(path, &firmware))
        exit(2);
    strcpy(firmware.mmcu, "atmega328p");
    firmware.frequency = HERTZ;
    avr = avr_make_mcu_by_name(firmware.mmcu);
    avr_init(avr);
    avr->log = LOG_WARNING;
    avr->sleep = no_sleep;
    avr_load_firmware(avr, &firmware);
    avr->vcc = avr->avcc = avr->aref = 5000;
    avr->data[MCUSR_AT] |= 1; /* PORF: simavr does not set it at power-up */

    uint32_t flags = 0;
    avr_ioctl(avr, AVR_IOCTL_UART_GET_FLAGS('0'), &flags);
    flags &= ~AVR_UART_FLAG_STDIO;
    avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), on_said, NULL);
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUT_XON), on_room, NULL);
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUT_XOFF), on_full, NULL);
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ('B'), RELAY), on_output, "relay");
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ('B'), LAMP), on_output, "lamp");
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ('B'), DRIVE), on_drive, NULL);
}

static void load_eeprom(const char *path)
{
    static uint8_t bytes[EEPROM_SIZE];
    FILE *file = fopen(path, "rb");
    if (!file || fread(bytes, 1, EEPROM_SIZE, file) != EEPROM_SIZE) {
        perror(path);
        exit(2);
    }
    fclose(file);
    avr_eeprom_desc_t desc = {bytes, 0, EEPROM_SIZE};
    avr_ioctl(avr, AVR_IOCTL_EEPROM_SET, &desc);
}

static void save_eeprom(const char *path)
{
    avr_eeprom_desc_t desc = {NULL, 0, EEPROM_SIZE};
    avr_ioctl(avr, AVR_IOCTL_EEPROM_GET, &desc);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(desc.ee, 1, EEPROM_SIZE, file) != EEPROM_SIZE)
        perror(path);
    if (file)
        fclose(file);
}

static void run_slice(void)
{
    avr_cycle_count_t goal = avr->cycle + SLICE;
    while (avr->cycle < goal) {
        int state = avr_run(avr);
        if (state == cpu_Done || state == cpu_Crashed) {
            fprintf(stderr, "the controller stopped, state %d\n", state);
            exit(3);
        }
    }
}

static void keep_pace(double ahead)
{
    if (ahead <= 0)
        return;
    struct timespec rest = {(time_t)ahead, (long)((ahead - (time_t)ahead) * 1e9)};
    nanosleep(&rest, NULL);
}

int main(int argc, char **argv)
{
    const char *eeprom = NULL;
    for (int option; (option = getopt(argc, argv, "l:e:")) > 0;)
        *(option == 'l' ? &line.link : &eeprom) = optarg;
    if (!line.link || !eeprom || optind != argc - 1) {
        fprintf(stderr, "usage: simhost -l LINK -e EEPROM.bin FIRMWARE.elf\n");
        return 2;
    }
    setlinebuf(stdout);
    make_chip(argv[optind]);
    load_eeprom(eeprom);
    set_pin(REED, 0);
    set_pin(TAMPER, 0);
    set_battery(4100);
    plug();
    fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);

    double start = seconds();
    do {
        run_slice();
        reassert_pins();
        chatter(simulated());
        carry();
        keep_pace(simulated() - (seconds() - start));
    } while (listen_to_commands());
    save_eeprom(eeprom);
    unlink(line.link);
    return 0;
}
