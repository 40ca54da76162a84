import { g1Wasm } from '../../generated/g1.wasm.ts';
import { g1LanesWasm } from '../../generated/g1Lanes.wasm.ts';
import { g2Wasm } from '../../generated/g2.wasm.ts';
import { transformWasm } from '../../generated/transform.wasm.ts';

/** Modules that export `msm`. */
export type SumModule = 'g1' | 'g1Lanes' | 'g2';

/** The workers' modules, and those that sum points in G1 and G2 here. */
export interface Modules {
  bytes: Record<string, Uint8Array>;
  sums: Record<'g1' | 'g2', SumModule>;
}

/** @param lanes whether to take the kernels for relaxed SIMD where they run */
export async function loadModules(lanes: boolean): Promise<Modules> {
  const bytes = { g1: decode(g1Wasm), g2: decode(g2Wasm), transform: decode(transformWasm) };
  const g1Lanes = decode(g1LanesWasm);
  if (!lanes || !(await isFused(g1Lanes))) return { bytes, sums: { g1: 'g1', g2: 'g2' } };
  return { bytes: { ...bytes, g1Lanes }, sums: { g1: 'g1Lanes', g2: 'g2' } };
}

/**
 * Whether a module for relaxed SIMD runs here and computes what it should: relaxed multiply-add may round once or twice,
 * as the processor does it, and these kernels need it to round once.
 */
async function isFused(wasm: Uint8Array<ArrayBuffer>): Promise<boolean> {
  if (!WebAssembly.validate(wasm)) return false;
  const { instance } = await WebAssembly.instantiate(wasm, {});
  return (instance.exports.isFused as () => number)() === 1;
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (ch) => ch.charCodeAt(0));
}
