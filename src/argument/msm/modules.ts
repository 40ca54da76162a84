import { g1Wasm } from '../../generated/g1.wasm.ts';
import { g1LanesWasm } from '../../generated/g1Lanes.wasm.ts';
import { g2Wasm } from '../../generated/g2.wasm.ts';
import { g2LanesWasm } from '../../generated/g2Lanes.wasm.ts';
import { transformWasm } from '../../generated/transform.wasm.ts';
import { transformLanesWasm } from '../../generated/transformLanes.wasm.ts';
import { decodeWasm } from '../../numbers/wasm.ts';

/** Modules that export `msm`. */
export type SumModule = 'g1' | 'g1Lanes' | 'g2' | 'g2Lanes';

/** The workers' modules, and those that sum points in G1 and G2. */
export interface Modules {
  bytes: Record<string, Uint8Array>;
  sums: Record<'g1' | 'g2', SumModule>;
}

/** @param lanes whether to take the kernels that work in lanes */
export function curveModules(lanes: boolean): Modules {
  const bytes = { g1: decodeWasm(g1Wasm), g2: decodeWasm(g2Wasm), transform: decodeWasm(transformWasm) };
  if (!lanes) return { bytes, sums: { g1: 'g1', g2: 'g2' } };
  const inLanes = {
    g1Lanes: decodeWasm(g1LanesWasm),
    g2Lanes: decodeWasm(g2LanesWasm),
    transformLanes: decodeWasm(transformLanesWasm),
  };
  return { bytes: { ...bytes, ...inLanes }, sums: { g1: 'g1Lanes', g2: 'g2Lanes' } };
}
