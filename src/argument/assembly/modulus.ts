/** The modulus of `lanes.ts`. The build puts baseModulus here for points (`scripts/build/wasm.ts`). */

export * from './scalarModulus';
