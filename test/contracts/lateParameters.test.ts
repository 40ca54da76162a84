// Parameters of a score that its statement does not bind: they are signals of its proof all the same.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { mod, R } from '../../src/numbers/field.ts';
import { type Contract, reverts, type TestChain, testChain } from './support/chain.ts';
import { elements } from './support/knownTau.ts';
import { verdictOf } from './support/verdict.ts';
import { deployVerifiers, type Made, madeClaim, oneArguments } from './support/verifiersFixture.ts';

const SCORE = 6;
/** Places of the point and of the counts at the point. */
const LATE = [7, 8];

describe('the point of a score and the counts at the point', () => {
  let chain: TestChain;
  let verifiers: Contract;
  const values = elements(7_700n, 9);

  before(async () => {
    chain = await testChain();
    verifiers = await deployVerifiers(chain);
  });

  const claimed = (parameters: bigint[]): Made => {
    const [, trainer, registry] = chain.accounts;
    return madeClaim({ chainId: 31337n, registry, trainer, program: SCORE }, 7_600n, { parameters });
  };
  const verdict = (made: Made) => verdictOf(verifiers, [made], chain.accounts[2]);

  it('are those of the proof, though h_0 does not bind them', async () => {
    const made = claimed(values);
    assert.equal(await verdict(made), true);
    for (const i of LATE) {
      const parameters = values.with(i, mod(values[i] + 1n));
      assert.equal(await verdict({ ...made, stated: { ...made.stated, parameters } }), false);
    }
  });

  it('are refused at r or more, though they are the same modulo r', async () => {
    for (const i of LATE) {
      const small = values.with(i, 5n);
      const made = claimed(small);
      assert.equal(await verdict(made), true);
      for (const value of [5n + R, R, 2n ** 256n - 1n]) {
        const other = { ...made, stated: { ...made.stated, parameters: small.with(i, value) } };
        await reverts(verifiers.read('verify', oneArguments(other), chain.accounts[2]), 'SignalNotInField', [value]);
      }
    }
  });
});
