// Values and bytes as reports show them.

/** "42 (0x2a)"; what is the same in both is written once. */
export function formatValue(value: bigint): string {
  const hex = value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
  return value >= 0n && value < 10n ? `${value}` : `${value} (${hex})`;
}

const SHOWN = 32;

/**
 * The bytes around the first that differ, with the offset they begin at.
 *
 * @param found as many as are wanted
 */
export function formatDifference(
  wanted: Uint8Array,
  found: Uint8Array,
): { readonly at: number; readonly wanted: string; readonly found: string } {
  const at = Math.max(
    0,
    wanted.findIndex((byte, i) => byte !== found[i]),
  );
  const start = wanted.length <= SHOWN ? 0 : at - (at % 16);
  const show = (bytes: Uint8Array): string => {
    const shown = bytes.subarray(start, start + SHOWN);
    const hex = [...shown].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    return (start > 0 ? '... ' : '') + hex + (start + SHOWN < bytes.length ? ' ...' : '');
  };
  return { at, wanted: show(wanted), found: show(found) };
}
