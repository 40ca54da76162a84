import { probeWasm } from '../generated/probe.wasm.ts';

/**
 * Whether the kernels that work in lanes run here and compute what they should: they need relaxed SIMD, whose multiply-add
 * rounds once or twice, as the processor does it, and they need it to round once.
 */
export async function hasLanes(): Promise<boolean> {
  const wasm = decodeWasm(probeWasm);
  if (!WebAssembly.validate(wasm)) return false;
  const { instance } = await WebAssembly.instantiate(wasm, {});
  return (instance.exports.isFused as () => number)() === 1;
}

/** The bytes of a generated module. */
export function decodeWasm(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (ch) => ch.charCodeAt(0));
}
