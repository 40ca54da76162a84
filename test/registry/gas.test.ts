import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DescentError } from '../../src/errors/DescentError.ts';
import { gasLimit, MAX_TRANSACTION_GAS } from '../../src/registry/gas.ts';

describe('the gas limit of a transaction', () => {
  it('is a tenth more than the estimate', () => {
    assert.deepEqual([gasLimit(0n), gasLimit(21_000n), gasLimit(700_005n)], [0n, 23_100n, 770_005n]);
  });

  it('is never above 2^24, to which an estimate is taken', () => {
    assert.equal(MAX_TRANSACTION_GAS, 16_777_216n);
    for (const estimate of [15_252_015n, 15_252_016n, 16_000_000n, 2n ** 24n]) {
      const limit = gasLimit(estimate);
      assert.ok(limit >= estimate && limit <= 2n ** 24n, `${limit}`);
    }
    assert.equal(gasLimit(15_000_000n), 16_500_000n);
  });

  it('is refused above that, with both numbers and what to do', () => {
    assert.throws(
      () => gasLimit(2n ** 24n + 1n),
      (error) =>
        error instanceof DescentError &&
        error.code === 'TOO_MUCH_GAS' &&
        /16777217 gas.*16777216.*\nNothing was sent\. Name fewer/.test(error.message),
    );
  });
});
