/** Points as they are summed. The build puts affineLanes here where there is relaxed SIMD (`scripts/build/wasm.ts`). */

export * from './affine';
