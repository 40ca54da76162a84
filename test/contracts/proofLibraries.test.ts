import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { R } from '../../src/numbers/field.ts';
import { proofArgument } from '../../src/registry/programs/targets.ts';
import { abiOf, Contract, reverts, testChain } from './support/chain.ts';
import { proofOf } from './support/registryFixture.ts';
import { SIZES } from './support/verifiersFixture.ts';

describe('libraries that read claims', () => {
  let harness: Contract;

  before(async () => {
    const chain = await testChain();
    harness = new Contract(chain, await chain.deploy('ProofHarness'), await abiOf('ProofHarness'));
  });

  describe('requireCanonical', () => {
    const { challenges } = proofArgument(proofOf());
    const names = Object.entries(challenges).flatMap(([name, value]) =>
      Array.isArray(value) ? value.map((_, at) => `${name} ${at}`) : [name],
    );
    /** Challenges of which each is small and ends in a zero byte, but one. */
    const withOne = (index: number, odd: bigint) => {
      const words = names.map((_, at) => (at === index ? odd : BigInt(at) << 8n));
      let next = 0;
      const fill = (value: unknown): unknown => (Array.isArray(value) ? value.map(fill) : words[next++]);
      return Object.fromEntries(Object.entries(challenges).map(([name, value]) => [name, fill(value)]));
    };

    it('takes challenges up to r - 1', async () => {
      for (const at of names.keys()) await harness.read('requireCanonical', [withOne(at, R - 1n)]);
    });

    it('reverts with SignalNotInField for any challenge of r or above, whatever stands beside it', async () => {
      for (const [at, name] of names.entries()) {
        for (const odd of [R, R + 1n, 1n << 254n, 2n ** 256n - 1n, 2n ** 256n - 256n]) {
          await reverts(harness.read('requireCanonical', [withOne(at, odd)]), 'SignalNotInField', [odd]).catch(
            (error) => {
              throw new Error(`${name}: ${odd}`, { cause: error });
            },
          );
        }
      }
    });

    it('reverts with SignalNotInField for any value of a list, and reads nothing behind it', async () => {
      await harness.read('requireAllCanonical', [[]]);
      await harness.read('requireAllCanonical', [[0n, R - 1n]]);
      for (const at of [0, 1, 2]) {
        const values = [1n, 2n, 3n].with(at, R);
        await reverts(harness.read('requireAllCanonical', [values]), 'SignalNotInField', [R]);
      }
    });
  });

  describe('sizesOf', () => {
    it('knows every program and no other', async () => {
      for (const [program, { parameters, oracles }] of Object.entries(SIZES)) {
        const [given, of] = await harness.read('sizesOf', [BigInt(program)]);
        assert.deepEqual([given, of], [BigInt(parameters), BigInt(oracles)]);
      }
      for (const none of [0n, 17n, 2n ** 255n]) {
        await reverts(harness.read('sizesOf', [none]), 'UnknownProgram', [none]);
      }
    });
  });
});
