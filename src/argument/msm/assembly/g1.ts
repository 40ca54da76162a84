/** What a worker calls in G1. */

export { fixedBase, prepare_fixedBase } from './fixed';
export { alloc, reset } from './heap';
export { msm } from './msm';
