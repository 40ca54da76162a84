/** What a worker calls in G2. */

export { alloc, reset } from './heap';
export { msm } from './msm';
