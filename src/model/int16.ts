/** Two bytes a value, the highest first, two's complement. @param values each in [-2^15, 2^15) */
export function int16Bytes(values: Int32Array): Uint8Array {
  const bytes = new Uint8Array(2 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, k) => {
    view.setInt16(2 * k, value);
  });
  return bytes;
}

/** The inverse. @param bytes an even number of them */
export function int16Values(bytes: Uint8Array): Int32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Int32Array.from({ length: bytes.length / 2 }, (_, k) => view.getInt16(2 * k));
}
