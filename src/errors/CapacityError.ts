import { DescentError } from './DescentError.ts';

/** A network, shard or run is larger than the circuits can address. Names the oracle and what to lower. */
export class CapacityError extends DescentError {
  override name = 'CapacityError';
  readonly oracle: string;
  /** log2 of the size the oracle would need. */
  readonly log2: number;

  constructor(oracle: string, log2: number, limit: number, hint: string) {
    super(`The ${oracle} oracle needs 2^${log2} entries; at most 2^${limit} can be addressed.`, {
      code: 'CAPACITY_EXCEEDED',
      exit: 'usage',
      docs: 'argument.md#114-slots',
      hint,
    });
    this.oracle = oracle;
    this.log2 = log2;
  }
}
