import { DescentError } from '../errors/DescentError.ts';

/** The most gas that a transaction may have since the hard fork Osaka (EIP-7825). Chains of before take it too. */
export const MAX_TRANSACTION_GAS = 2n ** 24n;

/**
 * The gas limit of a transaction: a tenth more than the node estimates on its latest block, since storage that another
 * transaction touches first costs a little more; never above what a chain takes.
 * @throws DescentError (chain) `TOO_MUCH_GAS` where the estimate itself is above that
 */
export function gasLimit(estimate: bigint): bigint {
  if (estimate > MAX_TRANSACTION_GAS) {
    throw new DescentError(
      `The transaction takes ${estimate} gas; a transaction has ${MAX_TRANSACTION_GAS} (2^24) at most.`,
      {
        code: 'TOO_MUCH_GAS',
        exit: 'chain',
        hint: 'Nothing was sent. Name fewer shards or models in one transaction.',
      },
    );
  }
  const roomy = (estimate * 11n) / 10n;
  return roomy < MAX_TRANSACTION_GAS ? roomy : MAX_TRANSACTION_GAS;
}
