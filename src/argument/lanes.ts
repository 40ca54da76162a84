import { probeWasm } from '../generated/probe.wasm.ts';
import { decodeWasm } from '../numbers/wasm.ts';

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
