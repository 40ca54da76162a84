/** What a worker calls in G1 where there is relaxed SIMD. The field is exported to be tested. */

export { alloc, reset } from './heap';
export { mul, reduce, square } from '../../assembly/lanes';
export { lookups } from './lookups';
export { msm, msmIntegers } from './msm';
