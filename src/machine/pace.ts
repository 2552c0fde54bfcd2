// How long the CPU runs before the run loop looks up.

/** Bytes of code between looks at the devices when nothing is due. */
export const SLICE = 4_000_000;

/**
 * Bytes of code until the next look whether the CPU accepts a waiting interrupt.
 * At first every block is looked at, as hardware does; code that keeps interrupts
 * masked for long is looked at less often, or it would run a thousand times slower.
 */
export function patience(looks: number): number {
  return 2 ** Math.min(12, Math.max(0, (looks - 256) >> 5));
}
