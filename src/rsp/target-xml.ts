// target.xml: which registers there are, in the order of the g packet (gdb manual,
// appendix G).  gdb checks the standard features to the last register.

import type { DebugDescription, DebugFeature, DebugFlags } from '../arch/debug-registers.ts';

const VEC128 = `<vector id="v4f" type="ieee_single" count="4"/>
<vector id="v2d" type="ieee_double" count="2"/>
<vector id="v16i8" type="int8" count="16"/>
<vector id="v8i16" type="int16" count="8"/>
<vector id="v4i32" type="int32" count="4"/>
<vector id="v2i64" type="int64" count="2"/>
<union id="vec128">
<field name="v4_float" type="v4f"/>
<field name="v2_double" type="v2d"/>
<field name="v16_int8" type="v16i8"/>
<field name="v8_int16" type="v8i16"/>
<field name="v4_int32" type="v4i32"/>
<field name="v2_int64" type="v2i64"/>
<field name="uint128" type="uint128"/>
</union>
`;

/** The document. */
export function targetXml(debug: DebugDescription): string {
  const features = debug.features.map(featureXml).join('');
  return `<?xml version="1.0"?>
<!DOCTYPE target SYSTEM "gdb-target.dtd">
<target version="1.0">
<architecture>${debug.gdbName}</architecture>
<osabi>none</osabi>
${features}</target>
`;
}

function featureXml({ name, flags, registers }: DebugFeature): string {
  const vectors = registers.some(({ type }) => type === 'vec128') ? VEC128 : '';
  const lines = registers.map(
    (each) =>
      `<reg name="${each.name}" bitsize="${each.bits}" type="${each.type}" group="${each.group}"/>\n`,
  );
  return `<feature name="${name}">\n${vectors}${flags.map(flagsXml).join('')}${lines.join('')}</feature>\n`;
}

function flagsXml({ id, bytes, fields }: DebugFlags): string {
  const lines = fields.map(
    ([name, low, high]) => `<field name="${name}" start="${low}" end="${high}"/>\n`,
  );
  return `<flags id="${id}" size="${bytes}">\n${lines.join('')}</flags>\n`;
}
