/** What a worker calls in G1. The inverse is exported to be tested. */

export { fixedBase, prepare_fixedBase } from './fixed';
export { alloc, reset } from './heap';
export { invertBytes } from './inverse';
export { lookups } from './lookups';
export { msm, msmIntegers } from './msm';
