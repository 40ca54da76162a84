/**
 * The explicit inversive congruential generator of protocol section 6, for x = 0 .. count - 1: v (x + off + 1) = factor + q u
 * with 0 <= v < q, and w = q - 1 - v. Writes the 16-bit limbs v0, v1, w0, w1, u0, u1 as i32, arrays `plane` bytes apart.
 * Needs q prime, q < 2^32, off + count < q, 0 < factor < q. One inversion for all: the first array holds the running
 * products in between.
 */
export function seedLayer(q: u64, off: u64, factor: u64, count: i32, out: usize, plane: usize): void {
  let product: u64 = 1;
  for (let x = 0; x < count; x++) {
    store<u32>(out + ((<usize>x) << 2), <u32>product);
    product = (product * (<u64>x + off + 1)) % q;
  }
  let inverse: u64 = 1;
  for (let e = q - 2, base = product; e > 0; e >>= 1) {
    if (e & 1) inverse = (inverse * base) % q;
    base = (base * base) % q;
  }
  for (let x = count - 1; x >= 0; x--) {
    const cell = out + ((<usize>x) << 2);
    const index = <u64>x + off + 1;
    const v = (((inverse * <u64>load<u32>(cell)) % q) * factor) % q;
    inverse = (inverse * index) % q;
    const u = (v * index - factor) / q;
    const w = q - 1 - v;
    store<i32>(cell, <i32>(v & 0xffff));
    store<i32>(cell + plane, <i32>(v >> 16));
    store<i32>(cell + 2 * plane, <i32>(w & 0xffff));
    store<i32>(cell + 3 * plane, <i32>(w >> 16));
    store<i32>(cell + 4 * plane, <i32>(u & 0xffff));
    store<i32>(cell + 5 * plane, <i32>(u >> 16));
  }
}
