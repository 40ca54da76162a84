/** The field of the points: fq for G1. The build puts fq2 here for G2 (`scripts/build/wasm.ts`). */

export * from './fq';
