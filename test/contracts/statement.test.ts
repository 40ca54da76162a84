import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { type Address, encodeAbiParameters, encodePacked, getAddress, keccak256, toHex } from 'viem';
import type { Commitment, Point, ProofChallenges, ProofPoints } from '../../src/argument/types.ts';
import { mod, R } from '../../src/numbers/field.ts';
import { proofArgument } from '../../src/registry/programs/targets.ts';
import {
  circuitSignals,
  DOMAIN,
  digest,
  digestsOf,
  foldedValue,
  foldOf,
  kappaOf,
  publicSignals,
} from '../../src/registry/statement.ts';
import { abiOf, Contract, testChain } from './support/chain.ts';
import { claimArgument, lateOf } from './support/knownKey.ts';

const word = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });
const element = fc.oneof(fc.bigInt({ min: 0n, max: R - 1n }), fc.constantFrom(0n, R - 1n));
const point: fc.Arbitrary<Point> = fc.record({ x: word, y: word });
const chunks: fc.Arbitrary<Commitment> = fc.array(point, { minLength: 1, maxLength: 5 });
const address: fc.Arbitrary<Address> = fc
  .bigInt({ min: 0n, max: 2n ** 160n - 1n })
  .map((a) => getAddress(toHex(a, { size: 20 })));
const points: fc.Arbitrary<ProofPoints> = fc.record({
  trace: chunks,
  helper: chunks,
  rows: point,
  columns: point,
  quotient: point,
  quotient2: point,
  opening: point,
});
const challenges: fc.Arbitrary<ProofChallenges> = fc.record({
  eta: element,
  gamma: element,
  theta: element,
  gamma2: element,
  z: element,
  e2: element,
  chunk: fc.array(element, { minLength: 4, maxLength: 4 }),
  digest: element,
});
const parameters = fc.array(element, { maxLength: 5 });
const NO_GROTH16 = new Array<bigint>(8).fill(0n);
/** Those above the first two of eight. */
const NO_COORDINATES = new Array<bigint>(6).fill(0n);
const NO_CLAIM = { extra: [], oracles: [] };
const ZERO = { x: 0n, y: 0n };
const NO_POINTS: ProofPoints = {
  trace: [ZERO],
  helper: [ZERO],
  rows: ZERO,
  columns: ZERO,
  quotient: ZERO,
  quotient2: ZERO,
  opening: ZERO,
};
const NO_CHALLENGES = { eta: 0n, gamma: 0n, theta: 0n, gamma2: 0n, z: 0n, e2: 0n, chunk: [1n] };

describe('Statement', () => {
  let harness: Contract;

  before(async () => {
    const chain = await testChain();
    harness = new Contract(chain, await chain.deploy('ProofHarness'), await abiOf('ProofHarness'));
  });

  it('has the domain of the protocol', () => {
    assert.equal(DOMAIN, keccak256(toHex('descent.statement.v3')));
  });

  it('makes the digest h_0 as its twin does, and as the ABI encodes it', async () => {
    const list = fc.array(word, { maxLength: 4 });
    const args = [
      address,
      address,
      fc.integer({ min: 0, max: 9 }),
      list,
      list,
      fc.array(chunks, { maxLength: 4 }),
    ] as const;
    await fc.assert(
      fc.asyncProperty(...args, async (registry, trainer, program, values, extra, oracles) => {
        fc.pre(values.length >= lateOf(program));
        const claim = claimArgument({ parameters: values, extra, oracles });
        const bound = values.slice(0, values.length - lateOf(program));
        const h0 = await harness.read('digest', [registry, trainer, program, claim]);
        const committed = oracles.flat();
        assert.equal(h0, digest({ chainId: 31337n, registry, trainer }, program, [...bound, ...extra], committed));
        const types = ['bytes32', 'uint256', 'address', 'address', 'uint256', 'uint256[]', 'uint256[]'];
        const encoded = encodeAbiParameters(
          types.map((type) => ({ type })),
          [
            DOMAIN,
            31337n,
            registry,
            trainer,
            BigInt(program),
            [...bound, ...extra],
            committed.flatMap(({ x, y }) => [x, y]),
          ],
        );
        assert.equal(h0, BigInt(keccak256(encoded)) % R);
      }),
      { numRuns: 60 },
    );
  });

  it('leaves the last two parameters of a score, and of no other program, out of the digest', async () => {
    const [registry, trainer] = [1n, 2n].map((a) => toHex(a, { size: 20 }));
    const digestOf = (program: number, values: bigint[]) =>
      harness.read('digest', [registry, trainer, program, claimArgument({ parameters: values, ...NO_CLAIM })]);
    const values = [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n];
    for (let program = 1; program <= 11; program++) {
      const h0 = await digestOf(program, values);
      for (const i of values.keys()) {
        const isBound = (program !== 6 && program !== 11) || i < 7;
        assert.equal((await digestOf(program, values.with(i, 99n))) !== h0, isBound, `${program} ${i}`);
      }
    }
    const [[, ...sigma]] = await harness.read('signals', [
      9n,
      claimArgument({ parameters: values, ...NO_CLAIM }),
      proofArgument({ groth16: NO_GROTH16, points: NO_POINTS, challenges: { ...NO_CHALLENGES, digest: 1n } }),
    ]);
    assert.deepEqual(sigma.slice(22), values);
  });

  it('makes another digest on another chain', async () => {
    const chain = await testChain({ chainId: 5_001 });
    const other = new Contract(chain, await chain.deploy('ProofHarness'), await abiOf('ProofHarness'));
    const [registry, trainer] = chain.accounts;
    const args = [registry, trainer, 3, claimArgument({ parameters: [7n], ...NO_CLAIM })];
    assert.equal(await other.read('digest', args), digest({ chainId: 5_001n, registry, trainer }, 3, [7n], []));
    assert.notEqual(await other.read('digest', args), await harness.read('digest', args));
  });

  it('makes another digest for another registry, trainer, program, parameter or commitment', () => {
    const context = { chainId: 1n, registry: toHex(1, { size: 20 }), trainer: toHex(2, { size: 20 }) };
    const p = { x: 1n, y: 2n };
    const all = [
      digest(context, 3, [7n], [p]),
      digest({ ...context, chainId: 2n }, 3, [7n], [p]),
      digest({ ...context, registry: toHex(3, { size: 20 }) }, 3, [7n], [p]),
      digest({ ...context, trainer: toHex(3, { size: 20 }) }, 3, [7n], [p]),
      digest(context, 2, [7n], [p]),
      digest(context, 3, [8n], [p]),
      digest(context, 3, [7n, 0n], [p]),
      digest(context, 3, [7n], [{ x: 2n, y: 1n }]),
      digest(context, 3, [7n], [p, p]),
      digest(context, 3, [7n, 1n, 2n], []),
    ];
    assert.equal(new Set(all).size, all.length);
  });

  it('lists the signals, their fold and its value as its twin does', async () => {
    await fc.assert(
      fc.asyncProperty(element, points, challenges, parameters, async (h0, sent, more, values) => {
        const bits = Math.ceil(Math.log2(Math.max(sent.trace.length, sent.helper.length)));
        const drawn = { ...more, chunk: more.chunk.slice(0, 1 + bits) };
        const proof = proofArgument({ groth16: NO_GROTH16, points: sent, challenges: drawn });
        const claim = claimArgument({ parameters: values, ...NO_CLAIM });
        const [[c, ...sigma], fold, v] = await harness.read('signals', [h0, claim, proof]);
        assert.deepEqual(sigma, circuitSignals(drawn, bits, digestsOf(h0, sent), values));
        assert.equal(c, drawn.digest);
        assert.deepEqual([c, v, fold], publicSignals(c, sigma));
        assert.ok(sigma.every((signal: bigint) => signal < R));
      }),
      { numRuns: 60 },
    );
  });

  it('orders the signals: outputs, coordinates of the chunk, rest, their number, h_0 to h_5, parameters', async () => {
    const p = (n: bigint): Point => ({ x: n, y: n + 100n });
    const sent: ProofPoints = {
      trace: [p(1n), p(2n)],
      helper: [p(3n), p(4n), p(5n)],
      rows: p(6n),
      columns: p(7n),
      quotient: p(8n),
      quotient2: p(10n),
      opening: p(11n),
    };
    const [rest, y0, y1] = [20n, 21n, 22n];
    const chunk = [rest, y0, y1];
    const drawn = { eta: 10n, gamma: 11n, theta: 12n, gamma2: 13n, z: 14n, e2: 15n, chunk, digest: 99n };
    const proof = proofArgument({ groth16: NO_GROTH16, points: sent, challenges: drawn });
    const claim = claimArgument({ parameters: [70n, 71n], ...NO_CLAIM });
    const [all, fold, v] = await harness.read('signals', [9n, claim, proof]);
    const next = (h: bigint, list: Point[]) => {
      const words = [h, ...list.flatMap(({ x, y }) => [x, y])];
      return (
        BigInt(
          keccak256(
            encodePacked(
              words.map(() => 'uint256'),
              words,
            ),
          ),
        ) % R
      );
    };
    const h1 = next(9n, [p(1n), p(2n)]);
    const h2 = next(h1, [p(3n), p(4n), p(5n)]);
    const h3 = next(h2, [p(6n)]);
    const h4 = next(h3, [p(7n), p(8n)]);
    const h5 = next(h4, [p(10n)]);
    const sigma = [10n, 11n, 12n, 13n, 14n, 15n, y0, y1, ...NO_COORDINATES, rest, 2n, 9n, h1, h2, h3, h4, h5, 70n, 71n];
    assert.deepEqual(all, [99n, ...sigma]);
    assert.equal(
      fold,
      BigInt(
        keccak256(
          encodePacked(
            all.map(() => 'uint256'),
            all,
          ),
        ),
      ) % R,
    );
    let [sum, power] = [0n, 1n];
    for (const signal of sigma) {
      sum = mod(sum + signal * power);
      power = mod(power * fold);
    }
    assert.equal(v, sum);
  });

  it('makes another fold and value when any one signal, or c, is another', () => {
    const sigma = Array.from({ length: 24 }, (_, i) => BigInt(i + 1));
    const [c, v, fold] = publicSignals(5n, sigma);
    sigma.forEach((signal, i) => {
      const other = sigma.with(i, signal + 1n);
      assert.notEqual(foldOf(c, other), fold);
      assert.notEqual(foldedValue(other, fold), v);
    });
    assert.notEqual(foldOf(6n, sigma), fold);
    assert.notEqual(foldOf(c, [...sigma, 0n]), fold);
  });

  it('makes kappa from every word of every proof', () => {
    const proofs = [1n, 2n].map((n) => ({
      fold: n,
      groth16: Array.from({ length: 8 }, (_, i) => 10n * n + BigInt(i)),
      opening: { x: 100n + n, y: 200n + n },
    }));
    const all = [
      kappaOf(proofs),
      kappaOf([proofs[1], proofs[0]]),
      kappaOf(proofs.slice(1)),
      kappaOf([...proofs, proofs[0]]),
    ];
    proofs.forEach((proof, k) => {
      const others = [
        { ...proof, fold: 9n },
        ...proof.groth16.map((w, i) => ({ ...proof, groth16: proof.groth16.with(i, w ^ 1024n) })),
        { ...proof, opening: { ...proof.opening, x: 7n } },
        { ...proof, opening: { ...proof.opening, y: 7n } },
      ];
      all.push(...others.map((other) => kappaOf(proofs.with(k, other))));
    });
    assert.equal(new Set(all).size, all.length);
  });
});
