// The devices by themselves: registers, lines, and who is told.

import { describe, expect, test, vi } from 'vitest';
import { bus } from '../bus.ts';
import * as R from '../registers.ts';
import { ConsoleDevice } from './console.ts';
import type { Device } from './device.ts';
import { InterruptController } from './intc.ts';
import { LinkerDevice } from './linker.ts';
import { PowerDevice } from './power.ts';
import { Timer } from './timer.ts';

describe('the interrupt controller', () => {
  test.for([
    ['no line', 0, 0, false],
    ['a line that is not enabled', R.INTC_TIMER, R.INTC_REQUEST, false],
    ['a line that is enabled', R.INTC_TIMER, R.INTC_TIMER, true],
    ['one of several', R.INTC_REQUEST, 7, true],
  ] as const)('with %s up', ([, lines, enabled, asserted]) => {
    const intc = new InterruptController();
    intc.raise(lines);
    intc.write(R.INTC_ENABLE, enabled);
    expect(intc.asserted).toBe(asserted);
    expect(intc.read(R.INTC_PENDING)).toBe(lines & enabled);
    expect(intc.read(R.INTC_ENABLE)).toBe(enabled);
  });

  test('a line stays up until it is lowered, others untouched', () => {
    const intc = new InterruptController();
    intc.write(R.INTC_ENABLE, 7);
    intc.raise(R.INTC_TIMER | R.INTC_COMMAND);
    intc.raise(R.INTC_TIMER);
    intc.lower(R.INTC_TIMER);
    expect(intc.read(R.INTC_PENDING)).toBe(R.INTC_COMMAND);
  });

  test('the lines cannot be written', () => {
    const intc = new InterruptController();
    intc.write(R.INTC_ENABLE, 7);
    intc.write(R.INTC_PENDING, 7);
    expect(intc.asserted).toBe(false);
  });
});

/** No code runs. */
const asleep = { used: 0, shorten: () => {} };

describe('the timer', () => {
  const armed = (deadline: number): { timer: Timer; intc: InterruptController } => {
    const intc = new InterruptController();
    intc.write(R.INTC_ENABLE, R.INTC_TIMER);
    const timer = new Timer(intc, asleep);
    timer.write(R.TIMER_COMPARE_LO, deadline % 2 ** 32);
    timer.write(R.TIMER_COMPARE_HI, Math.floor(deadline / 2 ** 32));
    return { timer, intc };
  };

  test.for([
    [999, false],
    [1000, true],
    [1001, true],
  ] as const)('armed for 1000, after %i nanoseconds the line is up: %s', ([elapsed, up]) => {
    const { timer, intc } = armed(1000);
    timer.advance(elapsed);
    expect(intc.asserted).toBe(up);
    expect(timer.deadline).toBe(up ? undefined : 1000);
  });

  test('a deadline beyond 32 bits is kept', () => {
    expect(armed(5 * 2 ** 32 + 7).timer.deadline).toBe(5 * 2 ** 32 + 7);
  });

  test('a slice that runs when the timer is armed ends at the deadline', () => {
    const ends: number[] = [];
    const slice = { used: 300, shorten: (left: number) => void ends.push(left) };
    const timer = new Timer(new InterruptController(), slice);
    timer.advance(5000);
    timer.write(R.TIMER_COMPARE_LO, 6000);
    timer.write(R.TIMER_COMPARE_HI, 0);
    expect(ends).toEqual([700]);
  });

  test('the clock goes on within a slice', () => {
    const timer = new Timer(new InterruptController(), { used: 300, shorten: () => {} });
    timer.advance(5000);
    expect(timer.read(R.TIMER_NOW_LO)).toBe(5300);
  });

  test('the low word alone does not arm', () => {
    const timer = new Timer(new InterruptController(), asleep);
    timer.write(R.TIMER_COMPARE_LO, 1);
    expect(timer.deadline).toBeUndefined();
  });

  test.for([
    ['arming', R.TIMER_COMPARE_HI, 1],
    ['disarming', R.TIMER_DISARM, 0],
  ] as const)('%s lowers the line', ([, register, value]) => {
    const { timer, intc } = armed(10);
    timer.advance(20);
    expect(intc.asserted).toBe(true);
    timer.write(register, value);
    expect(intc.asserted).toBe(false);
  });

  test('a deadline in the past is due at the next advance', () => {
    const { timer, intc } = armed(10);
    timer.advance(20);
    timer.write(R.TIMER_COMPARE_HI, 0);
    expect(intc.asserted).toBe(false);
    timer.advance(1);
    expect(intc.asserted).toBe(true);
  });

  test('the clock goes on while a slice runs, and arming ends the slice in time', () => {
    const shorten = vi.fn();
    const timer = new Timer(new InterruptController(), { used: 30, shorten });
    timer.advance(100);
    expect(timer.read(R.TIMER_NOW_LO)).toBe(130);
    timer.write(R.TIMER_COMPARE_LO, 150);
    timer.write(R.TIMER_COMPARE_HI, 0);
    expect(shorten).toHaveBeenCalledExactlyOnceWith(20);
  });

  test('reading the low word latches the high word', () => {
    const { timer } = armed(0);
    timer.advance(3 * 2 ** 32 + 9);
    expect(timer.read(R.TIMER_NOW_LO)).toBe(9);
    timer.advance(2 ** 32);
    expect(timer.read(R.TIMER_NOW_HI)).toBe(3);
    timer.read(R.TIMER_NOW_LO);
    expect(timer.read(R.TIMER_NOW_HI)).toBe(4);
  });
});

describe('the linker device', () => {
  const device = () => {
    const intc = new InterruptController();
    intc.write(R.INTC_ENABLE, 7);
    const attention = vi.fn();
    return { intc, attention, linker: new LinkerDevice(intc, attention) };
  };

  test('remembers mailbox, commands and slots in order, and asks for attention', () => {
    const { linker, attention } = device();
    linker.write(R.LINKER_MAILBOX, 0x8000_0000 | 0);
    linker.write(R.LINKER_COMMAND, 0x1000);
    linker.write(R.LINKER_COMMAND, 0x2000);
    linker.write(R.LINKER_DONE, 3);
    expect(linker.mailbox).toBe(0x8000_0000);
    expect(linker.commands).toEqual([0x1000, 0x2000]);
    expect(linker.done).toEqual([3]);
    expect(attention).toHaveBeenCalledTimes(4);
  });

  test('an acknowledgement lowers its own lines only, and tells nobody', () => {
    const { linker, intc, attention } = device();
    linker.ringRequest();
    linker.ringCommand();
    intc.raise(R.INTC_TIMER);
    linker.write(R.LINKER_ACK, R.INTC_REQUEST | R.INTC_TIMER);
    expect(intc.read(R.INTC_PENDING)).toBe(R.INTC_COMMAND | R.INTC_TIMER);
    linker.write(0x40, 1);
    expect(attention).not.toHaveBeenCalled();
  });
});

describe('the console', () => {
  test('bytes become text, in UTF-8 too', () => {
    const console_ = new ConsoleDevice();
    for (const byte of new TextEncoder().encode('größer')) console_.write(R.CONSOLE_TX, byte);
    expect(console_.text).toBe('größer');
    expect(console_.length).toBe(8);
  });

  test('textSince begins at a position', () => {
    const console_ = new ConsoleDevice();
    for (const byte of new TextEncoder().encode('onetwo')) console_.write(R.CONSOLE_TX, byte);
    expect(console_.textSince(3)).toBe('two');
  });

  test('only the low byte counts, and other registers do nothing', () => {
    const console_ = new ConsoleDevice();
    console_.write(R.CONSOLE_TX, 0x1234_5641);
    console_.write(4, 0x42);
    expect(console_.text).toBe('A');
    expect(console_.read()).toBe(0);
  });
});

describe('the power device', () => {
  test('the first word is the last', () => {
    const attention = vi.fn();
    const power = new PowerDevice(attention);
    power.write(8, 1);
    expect(power.lastWord).toBeUndefined();
    power.write(R.POWER_PANIC, 0x1000);
    power.write(R.POWER_OFF, 0);
    expect(power.lastWord).toEqual({ kind: 'panic', message: 0x1000 });
    expect(attention).toHaveBeenCalledTimes(1);
  });
});

describe('the bus', () => {
  const written: [number, number][] = [];
  const echo: Device = {
    name: 'echo',
    read: (register) => register + 1,
    write: (register, value) => void written.push([register, value]),
  };
  const silent: Device = { name: 'silent', read: () => 0, write: () => {} };
  const others = { console: silent, intc: silent, linker: silent, power: silent };
  const window = bus({ ...others, timer: echo });

  test('a device sees offsets in its page', () => {
    expect(window.read(0x2ffc, 4)).toBe(0xffd);
    window.write(0x2010, 4, 7);
    expect(written).toEqual([[0x10, 7]]);
  });

  test.for([0x5000, 0x7ffc, 0x10_0000])('at 0x%x there is nothing', (offset) => {
    expect(window.read(offset, 4)).toBe(0);
    expect(() => window.write(offset, 4, 1)).not.toThrow();
  });
});
