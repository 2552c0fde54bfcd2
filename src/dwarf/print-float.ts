// Floating point numbers as printf's %g writes them, which is how gdb does.

/** @param digits significant ones: 9 for a float, 17 for a double */
export function formatFloat(value: number, digits: number): string {
  if (Number.isNaN(value)) return 'nan(0x8000000000000)';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  if (Object.is(value, -0)) return '-0';
  const [mantissa = '', power = '0'] = value.toExponential(digits - 1).split('e');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= digits) {
    const sign = exponent < 0 ? '-' : '+';
    return `${trimmed(mantissa)}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  return trimmed(value.toFixed(Math.max(0, digits - 1 - exponent)));
}

function trimmed(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
