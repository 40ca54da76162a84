import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Transcript } from '../../src/argument/transcript.ts';
import { SEED_MODULI } from '../../src/numbers/constants.ts';
import { seedNumbers } from '../../src/training/seed.ts';
import { mod, ORDER, Random, range } from '../reference/algebra.ts';
import { bits } from '../reference/argument.ts';
import { Bench } from '../reference/bench.ts';
import { seedNumbers as referenceNumbers, seedModulus } from '../reference/seed.ts';

const random = new Random(12);
const elements = (n: number) => range(n).map(() => random.element());

describe('seed.circom', () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.of(
      'seedNumbers',
      `include "programs/seed.circom";
      template Bench() { signal input seed; signal output offset[4]; signal output factor[4]; signal output moduli[13]; signal output top;
        component numbers = SeedNumbers(); numbers.seed <== seed; offset <== numbers.offset; factor <== numbers.factor;
        for (var a = 0; a < 13; a++) moduli[a] <== SEED_MODULUS(a); top <== ORDER_TOP(); }`,
    );
  });

  it('has the moduli of src, which are prime and the largest', () => {
    const witness = bench.witness({ seed: 1n });
    const moduli = range(13).map((a) => bench.signal(witness, `moduli[${a}]`));
    assert.deepEqual(moduli, [...SEED_MODULI].slice(0, 13).map(BigInt));
    assert.deepEqual(moduli, range(13).map(seedModulus));
  });

  it('has the offsets and factors of src and of the reference', () => {
    for (const seed of [0n, 1n, ORDER - 1n, ...elements(5)]) {
      const witness = bench.witness({ seed });
      assert.ok(bench.accepts(witness));
      const [offset, factor] = ['offset', 'factor'].map((name) => bench.array(witness, name, 4));
      range(4).forEach((k) => {
        const { off, factor: scale } = seedNumbers(seed, k + 1);
        assert.deepEqual([offset[k], factor[k]], [BigInt(off), BigInt(scale)]);
        const reference = referenceNumbers(seed, k + 1);
        assert.deepEqual([offset[k], factor[k]], [reference.offset, reference.factor]);
      });
    }
  });

  it('refuses the bits of a digest plus the order', () => {
    // only digests below 2^254 - r have a second representation
    const [seed, digest] = range(1000)
      .map((i): [bigint, bigint] => [BigInt(i), new Transcript(BigInt(i)).absorb([0n])])
      .find(([, d]) => d + ORDER < 2n ** 254n)!;
    const honest = bench.witness({ seed });
    range(254).forEach((t) => {
      assert.equal(bench.signal(honest, `numbers.bits[${t}]`), (digest >> BigInt(t)) & 1n);
    });
    const other = digest + ORDER;
    const signals = (prefix: string, values: readonly bigint[]) =>
      Object.fromEntries(values.map((v, t) => [`${prefix}[${t}]`, v]));
    const field = (t: number) => (other >> BigInt(t)) & (2n ** 26n - 1n);
    const forged = {
      ...signals('numbers.bits', bits(other, 254)),
      ...signals('numbers.slack', bits(mod((ORDER >> 190n) - 1n - (other >> 190n)), 64)),
      ...signals(
        'offset',
        range(4).map((k) => field(52 * k)),
      ),
      ...signals(
        'factor',
        range(4).map((k) => 1n + field(52 * k + 26)),
      ),
    };
    assert.notEqual(forged['offset[0]'], bench.signal(honest, 'offset[0]'));
    assert.ok(bench.accepts(honest));
    assert.ok(!bench.accepts(bench.forged({ seed }, forged)));
  });

  it('knows the top of the order', () => {
    assert.equal(bench.signal(bench.witness({ seed: 1n }), 'top'), ORDER >> 190n);
  });
});
