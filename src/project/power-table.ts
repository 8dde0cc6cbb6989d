const MANTISSA_BITS = 10;
const REST_BITS = 23 - MANTISSA_BITS;
const REST = 2 ** REST_BITS - 1;

/** The numbers that a power is looked up in. */
export interface PowerTable {
  /** [256], the power of 2 to each float32 exponent. */
  readonly octaves: Float64Array;
  /** [1024], of 1 to 2, and how they rise with each unit of what is left of the mantissa. */
  readonly values: Float64Array;
  readonly rises: Float64Array;
}

export function powerTable(exponent: number): PowerTable {
  const places = 2 ** MANTISSA_BITS;
  const octaves = Float64Array.from({ length: 256 }, (_, e) => 2 ** ((e - 127) * exponent));
  const values = Float64Array.from({ length: places }, (_, i) => (1 + i / places) ** exponent);
  const rises = values.map((value, i) => ((i + 1 < places ? values[i + 1]! : 2 ** exponent) - value) / (REST + 1));
  return { octaves, values, rises };
}

/**
 * x^exponent for x > 0 from a table, several times faster than Math.pow, and the same on every machine.
 *
 * A float32 number is a power of two times 1 to 2: the power of the one is looked up, of the other interpolated between 1024 places. Relative error below 3e-7,
 * most of it from taking x to float32.
 *
 * @param exponent 0 to 1.
 */
export function createPower(exponent: number): (x: number) => number {
  const { octaves, values, rises } = powerTable(exponent);
  const lastPlace = values.length - 1;
  const float = new Float32Array(1);
  const bits = new Int32Array(float.buffer);
  return (x) => {
    float[0] = x;
    const all = bits[0]!;
    const place = (all >> REST_BITS) & lastPlace;
    return octaves[(all >> 23) & 255]! * (values[place]! + (all & REST) * rises[place]!);
  };
}
