/** The field of points in lanes: the base field for G1. The build puts lanes2 here for G2 (`scripts/build/wasm.ts`). */

export * from '../../assembly/lanes';
export { ONE } from '../../assembly/modulus';
