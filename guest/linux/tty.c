/*
 * Terminal drivers: made, filled in by their modules, registered, never opened.
 */
#include "linux.h"

/* struct tty_driver is the module's to fill in; larger than any of them. */
#define TTY_DRIVER_BYTES	1024

/* What a new terminal is set to: struct ktermios, 38400 baud, 8 bits, echo. */
struct ktermios {
	uint32_t	iflag, oflag, cflag, lflag;
	uint8_t		line, cc[19];
	uint32_t	ispeed, ospeed;
};
_Static_assert(sizeof(struct ktermios) == 44, "Linux");

static const struct ktermios linux_tty_std_termios = {
	.iflag = 0x500, .oflag = 0x5, .cflag = 0x4bf, .lflag = 0x8a3b,
	.cc = { 0x03, 0x1c, 0x7f, 0x15, 0x04, 0, 1, 0, 0x11, 0x13, 0x1a, 0,
	    0x12, 0x0f, 0x17, 0x16 },
	.ispeed = 38400, .ospeed = 38400,
};
EXPORT_LINUX("tty_std_termios", linux_tty_std_termios);

LINUX(void *, __tty_alloc_driver,
    (unsigned lines, void *owner, unsigned long flags))
{
	void *driver = registry_create("tty driver made", TTY_DRIVER_BYTES,
	    NULL, CALLER);

	return driver != NULL ? driver : err_ptr(-ENOMEM);
}

LINUX(void, tty_driver_kref_put, (void *driver))
{
	registry_destroy("tty driver made", driver, CALLER);
}
