/** What a worker calls in G2 where there is relaxed SIMD. The field is exported to be tested. */

export { alloc, reset } from './heap';
export { mul, reduce, square } from './lanes2';
export { msm } from './msm';
