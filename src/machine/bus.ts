// The device bus: one 4 KiB page for each device.

import type { DeviceWindow } from '../engine/hooks.ts';
import type { Device } from './devices/device.ts';
import { WIRE_CONSOLE, WIRE_INTC, WIRE_LINKER, WIRE_POWER, WIRE_TIMER } from './registers.ts';

const PAGE = 0x1000;

export interface Devices {
  readonly console: Device;
  readonly intc: Device;
  readonly timer: Device;
  readonly linker: Device;
  readonly power: Device;
}

/** Routes accesses in the device window; allocates nothing per access. */
export function bus({ console, intc, timer, linker, power }: Devices): DeviceWindow {
  const pages: (Device | undefined)[] = [];
  pages[WIRE_CONSOLE / PAGE] = console;
  pages[WIRE_INTC / PAGE] = intc;
  pages[WIRE_TIMER / PAGE] = timer;
  pages[WIRE_LINKER / PAGE] = linker;
  pages[WIRE_POWER / PAGE] = power;
  return {
    read: (offset) => pages[offset >>> 12]?.read(offset & (PAGE - 1)) ?? 0,
    write: (offset, _size, value) => pages[offset >>> 12]?.write(offset & (PAGE - 1), value),
  };
}
