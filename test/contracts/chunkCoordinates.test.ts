// How many coordinates name a chunk is the contract's to say (protocol, section 4).
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { mod } from '../../src/numbers/field.ts';
import { type Contract, testChain } from './support/chain.ts';
import { type Maker, openScalars, proofAround } from './support/knownKey.ts';
import { elements, pointOf } from './support/knownTau.ts';
import { verdictOf } from './support/verdict.ts';
import { deployVerifiers, type Made, madeClaim } from './support/verifiersFixture.ts';

const TRAIN = 3;

describe('a proof of which the circuit saw another number of coordinates of the chunk', () => {
  let verifiers: Contract;
  let maker: Maker;

  before(async () => {
    const chain = await testChain();
    verifiers = await deployVerifiers(chain);
    maker = { chainId: 31337n, registry: chain.accounts[2], trainer: chain.accounts[1], program: TRAIN };
  });

  /** The opening of `made` under other words about chunks, and a Groth16 proof for `seen` of them. */
  async function accepts(made: Made, said: bigint[], seen: bigint[]): Promise<boolean> {
    const { points } = made.opened;
    const proof = proofAround(
      made.maker,
      made.stated,
      { points, signals: { ...made.opened.signals, chunk: seen } },
      { seed: 5n },
    );
    return verdictOf(
      verifiers,
      [{ ...made, proof: { ...proof, challenges: { ...proof.challenges, chunk: said } } }],
      made.maker.registry,
    );
  }

  it('is rejected when it saw fewer, so that high chunks of a model weigh nothing', async () => {
    // Two chunks each, and a circuit that was told of none: all weight is on the low ones.
    const rest = elements(9_100n, 1)[0];
    const scalars = [0n, 1n, 2n].map((o) => elements(9_000n + o, 2));
    const blind = (high: bigint) => {
      const oracles = scalars.map(([low], o) => (o === 1 ? [low, high] : [low, scalars[o][1]]));
      const stated = {
        parameters: elements(1n, 2),
        extra: elements(2n, 1),
        oracles: oracles.map((c) => c.map(pointOf)),
      };
      const opened = openScalars(oracles, 9_200n, { tables: true }, [rest, 0n]);
      return { maker, stated, opened, proof: proofAround(maker, stated, opened, { seed: 3n }) };
    };
    const [one, other] = [blind(5n), blind(6n)];
    // the same points open two children: nothing but b, which the contract counts itself, is in the way
    assert.deepEqual(one.opened, other.opened);
    for (const made of [one, other]) {
      assert.equal(await accepts(made, [rest, 0n], [rest, 0n]), true);
      assert.equal(await accepts(made, [rest, 0n], [rest]), false);
    }
  });

  it('is rejected when it saw more, whatever is said in their place', async () => {
    const [rest, y] = elements(9_300n, 2);
    const made = madeClaim(maker, 9_400n);
    const all = mod(rest * (1n - y));
    const opened = openScalars(
      [0n, 1n, 2n].map((o) => elements(9_410n + o, 1)),
      9_500n,
      { tables: true },
      [all],
    );
    const stated = { ...made.stated, oracles: [0n, 1n, 2n].map((o) => elements(9_410n + o, 1).map(pointOf)) };
    const own = { maker, stated, opened, proof: made.proof };
    assert.equal(await accepts(own, [all], [all]), true);
    assert.equal(await accepts(own, [all], [rest, y]), false);
    assert.equal(await accepts(own, [rest], [rest, y]), false);
  });

  it('is rejected when it saw another rest', async () => {
    const made = madeClaim(maker, 9_600n);
    const { chunk } = made.opened.signals;
    assert.equal(await accepts(made, chunk, chunk), true);
    assert.equal(await accepts(made, chunk, [mod(chunk[0] + 1n)]), false);
  });
});
