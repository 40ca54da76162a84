/** What a worker calls in G1 where there is relaxed SIMD. The field is exported to be tested. */

export { alloc, reset } from './heap';
export { isFused, mul, reduce, square } from './lanes';
export { msm } from './msm';
