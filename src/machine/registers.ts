// Device addresses and registers, as guest/include/modbox/wire.h defines them;
// test/wire.test.ts holds the two together.

export const WIRE_DEVICES_PA = 0xf000_0000;
export const WIRE_DEVICES_BYTES = 0x5000;

export const WIRE_CONSOLE = 0x0000;
export const CONSOLE_TX = 0x00;

export const WIRE_INTC = 0x1000;
export const INTC_PENDING = 0x00;
export const INTC_ENABLE = 0x04;
export const INTC_TIMER = 0x1;
export const INTC_REQUEST = 0x2;
export const INTC_COMMAND = 0x4;

export const WIRE_TIMER = 0x2000;
export const TIMER_NOW_LO = 0x00;
export const TIMER_NOW_HI = 0x04;
export const TIMER_COMPARE_LO = 0x08;
export const TIMER_COMPARE_HI = 0x0c;
export const TIMER_DISARM = 0x10;

export const WIRE_LINKER = 0x3000;
export const LINKER_MAILBOX = 0x00;
export const LINKER_COMMAND = 0x04;
export const LINKER_ACK = 0x08;
export const LINKER_DONE = 0x0c;

export const WIRE_POWER = 0x4000;
export const POWER_OFF = 0x00;
export const POWER_PANIC = 0x04;
