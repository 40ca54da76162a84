import { DescentError } from '../errors/DescentError.ts';

/** The most gas that a transaction may have since the hard fork Osaka (EIP-7825). Chains of before take it too. */
export const MAX_TRANSACTION_GAS = 2n ** 24n;

/**
 * The gas limit of a transaction: a tenth more than the node estimates on its latest block, since storage that another
 * transaction touches first costs a little more; never above what a chain takes.
 * @param block gas of a block of the chain, where that is known
 * @throws DescentError (chain) `TOO_MUCH_GAS` where the estimate itself is above that
 */
export function gasLimit(estimate: bigint, block = MAX_TRANSACTION_GAS): bigint {
  const most = block < MAX_TRANSACTION_GAS ? block : MAX_TRANSACTION_GAS;
  if (estimate > most) {
    const bound =
      block < MAX_TRANSACTION_GAS ? `a block of this chain has ${block}` : `a transaction has ${most} (2^24)`;
    throw new DescentError(`The transaction takes ${estimate} gas; ${bound} at most.`, {
      code: 'TOO_MUCH_GAS',
      exit: 'chain',
      hint: 'Nothing was sent. Name fewer shards or models in one transaction.',
    });
  }
  const roomy = (estimate * 11n) / 10n;
  return roomy < most ? roomy : most;
}
