/** What a worker calls in G1. */

export { fixedBase, prepare_fixedBase } from './fixed';
export { alloc, reset } from './heap';
export { lookups } from './lookups';
export { msm, msmIntegers } from './msm';
