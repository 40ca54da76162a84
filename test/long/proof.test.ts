import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Proof } from '../../src/argument/types.ts';
import type { Prover } from '../../src/proof/prover.ts';
import { type Claimed, isVerified, verifyProof, verifyProofs } from '../../src/proof/verify.ts';
import { someShard } from '../support/models.ts';
import { CONTEXT, openProver, verifierKeys } from '../support/prover.ts';

describe('a proof', { concurrency: false }, () => {
  let prover: Prover;
  const made: Claimed[] = [];
  const keys = verifierKeys('data');
  before(async () => {
    prover = await openProver(['data']);
    for (const seed of [1, 2, 3]) {
      const { statement, proof } = await prover.proveData(CONTEXT, someShard([3, 2], 4, 'classes', seed));
      made.push({ context: CONTEXT, statement, proof });
    }
  });
  after(() => prover.close());

  const holds = ({ context, statement, proof }: Claimed) => isVerified(verifyProof(context, statement, proof, keys));

  it('holds for its own statement', () => {
    assert.equal(holds(made[0]), true);
  });

  it('is refused for another statement', () => {
    const [{ statement, proof }] = made;
    const elsewhere = [
      { ...CONTEXT, chainId: 1n },
      { ...CONTEXT, registry: CONTEXT.trainer },
      { ...CONTEXT, trainer: CONTEXT.registry },
    ];
    for (const context of elsewhere) assert.equal(holds({ context, statement, proof }), false);
    if (statement.program !== 'data') assert.fail();
    const fewer = { ...statement, shard: { ...statement.shard, rows: 3 } };
    assert.equal(holds({ context: CONTEXT, statement: fewer, proof }), false);
  });

  it('is refused with any point, challenge or word of it changed, alone and among others', () => {
    for (const forged of changesOf(made[0].proof)) {
      assert.equal(holds({ ...made[0], proof: forged }), false);
      assert.equal(verifyProofs([made[1], { ...made[0], proof: forged }], keys), false);
    }
  });

  it('is verified with others by one product of pairings, and each belongs to its statement', () => {
    assert.equal(verifyProofs(made, keys), true);
    const swapped = made.map((claim, k) => ({ ...claim, proof: made[(k + 1) % made.length].proof }));
    assert.equal(verifyProofs(swapped, keys), false);
    assert.equal(verifyProofs([], keys), false);
  });

  it('does not make up for an error of another', () => {
    // The Groth16 points of two proofs change places: each is a proof, of something else.
    const [a, b] = made;
    const crossed = [
      { ...a, proof: { ...a.proof, groth16: b.proof.groth16 } },
      { ...b, proof: { ...b.proof, groth16: a.proof.groth16 } },
    ];
    assert.equal(verifyProofs(crossed, keys), false);
    const opened = [
      { ...a, proof: { ...a.proof, points: { ...a.proof.points, opening: b.proof.points.opening } } },
      { ...b, proof: { ...b.proof, points: { ...b.proof.points, opening: a.proof.points.opening } } },
    ];
    assert.equal(verifyProofs(opened, keys), false);
  });
});

/** The proof with each of its values changed. */
function changesOf(proof: Proof): Proof[] {
  const { points, challenges, groth16 } = proof;
  const names = Object.keys(points) as (keyof typeof points)[];
  const single = names.flatMap((name) => {
    const other = points[name === 'rows' ? 'columns' : 'rows'];
    return { ...proof, points: { ...points, [name]: Array.isArray(points[name]) ? [other] : other } };
  });
  const twice = { ...proof, points: { ...points, trace: [...points.trace, points.rows] } };
  const outputs = Object.entries(challenges).flatMap(([name, value]) =>
    Array.isArray(value)
      ? value.map((_, k) => ({ ...challenges, [name]: value.with(k, value[k] + 1n) }))
      : [{ ...challenges, [name]: value + 1n }],
  );
  return [
    ...single,
    twice,
    ...outputs.map((changed) => ({ ...proof, challenges: changed })),
    { ...proof, challenges: { ...challenges, chunk: challenges.chunk.slice(1) } },
    { ...proof, challenges: { ...challenges, chunk: [...challenges.chunk, 0n] } },
    ...groth16.map((word, i) => ({ ...proof, groth16: groth16.with(i, word + 1n) })),
  ];
}
