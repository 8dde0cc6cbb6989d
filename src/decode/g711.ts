/** A table of the 256 values of one G.711 law, on the 16-bit scale (ITU-T G.711, tables 1a and 2a). */
function createTable(value: (code: number) => number): () => Int16Array {
  let table: Int16Array | undefined;
  return () => (table ??= Int16Array.from({ length: 256 }, (_, code) => value(code)));
}

/** A-law: code -> 16-bit sample. Every second bit of a code is sent inverted. */
export const aLaw: () => Int16Array = createTable((code) => {
  const plain = code ^ 0x55;
  const exponent = (plain >> 4) & 7;
  const mantissa = ((plain & 15) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return (plain & 0x80) === 0 ? -magnitude : magnitude;
});

/** Mu-law: code -> 16-bit sample. All bits of a code are sent inverted. */
export const muLaw: () => Int16Array = createTable((code) => {
  const plain = ~code & 0xff;
  const magnitude = ((((plain & 15) << 3) + 0x84) << ((plain >> 4) & 7)) - 0x84;
  return (plain & 0x80) === 0 ? magnitude : -magnitude;
});
