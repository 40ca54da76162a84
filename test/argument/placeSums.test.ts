import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { axisSums, outer } from '../../src/argument/axisSums.ts';
import { Kernels, type Vec } from '../../src/argument/kernels.ts';
import { type Grids, placeSums, type Reading, type StepRows } from '../../src/argument/placeSums.ts';
import { mod } from '../../src/numbers/field.ts';
import { Random, range } from '../reference/algebra.ts';

const random = new Random(5);
const elements = (count: number) => range(count).map(() => (random.below(5) === 0 ? 0n : random.element()));

/** The definition, term by term. */
function expected(
  data: Int32Array,
  e: readonly bigint[],
  { kernel, bits, stride, padding, side }: Reading,
  grids: Grids,
  { rows, batch, steps }: StepRows,
): bigint[] {
  const channels = data.length / (grids.integers ** 2 * rows);
  const ofStep = e.length === grids.elements ** 2 * batch * steps;
  const perPlace = ofStep ? batch * steps : batch;
  const out: bigint[] = [];
  for (const c of range(channels))
    for (const dy of range(2 ** bits))
      for (const dx of range(2 ** bits))
        for (const k of range(steps)) {
          let sum = 0n;
          if (dy < kernel && dx < kernel)
            for (const y of range(side))
              for (const x of range(side)) {
                const [v, u] = [stride * y + dy - padding, stride * x + dx - padding];
                const grid = grids.shifted === 'integers' ? grids.integers : grids.elements;
                if (v < 0 || v >= grid || u < 0 || u >= grid) continue;
                const [own, other] =
                  grids.shifted === 'integers'
                    ? [
                        [v, u],
                        [y, x],
                      ]
                    : [
                        [y, x],
                        [v, u],
                      ];
                for (const b of range(batch)) {
                  const at = ((c * grids.integers + own[0]) * grids.integers + own[1]) * rows;
                  const row = (k * batch + b) % rows;
                  const f = (other[0] * grids.elements + other[1]) * perPlace + (ofStep ? k * batch : 0) + b;
                  sum += BigInt(data[at + row]) * e[f];
                }
              }
          out.push(mod(sum));
        }
  return out;
}

for (const options of [{ threads: 1, lanes: false }, { threads: 2 }]) {
  describe(`sums over places and axes, ${JSON.stringify(options)}`, () => {
    let k: Kernels;
    before(async () => {
      k = await Kernels.load(options);
      return () => k.close();
    });

    const cases: [Reading, Grids, StepRows, channels: number][] = [
      [
        { kernel: 3, bits: 2, stride: 1, padding: 1, side: 4 },
        { shifted: 'integers', integers: 4, elements: 4 },
        { rows: 4, batch: 2, steps: 2 },
        2,
      ],
      [
        { kernel: 5, bits: 3, stride: 2, padding: 2, side: 3 },
        { shifted: 'integers', integers: 8, elements: 4 },
        { rows: 2, batch: 1, steps: 8 },
        1,
      ],
      [
        { kernel: 5, bits: 3, stride: 2, padding: 2, side: 3 },
        { shifted: 'elements', integers: 4, elements: 8 },
        { rows: 8, batch: 4, steps: 2 },
        3,
      ],
      [
        { kernel: 7, bits: 3, stride: 1, padding: 0, side: 1 },
        { shifted: 'integers', integers: 8, elements: 1 },
        { rows: 4, batch: 4, steps: 1 },
        5,
      ],
      [
        { kernel: 1, bits: 0, stride: 1, padding: 0, side: 1 },
        { shifted: 'elements', integers: 1, elements: 1 },
        { rows: 16, batch: 2, steps: 16 },
        3,
      ],
      [
        { kernel: 4, bits: 2, stride: 2, padding: 3, side: 5 },
        { shifted: 'integers', integers: 8, elements: 8 },
        { rows: 512, batch: 512, steps: 1 },
        1,
      ],
    ];
    cases.forEach(([reading, grids, rows, channels], i) => {
      for (const ofStep of [true, false])
        it(`are the definition's: case ${i}, elements of ${ofStep ? 'every step' : 'any step'}`, () => {
          const data = Int32Array.from({ length: channels * grids.integers ** 2 * rows.rows }, () =>
            random.below(3) === 0 ? 0 : random.below(2 ** 19 - 1) - 2 ** 18 + 1,
          );
          const e = elements(grids.elements ** 2 * rows.batch * (ofStep ? rows.steps : 1));
          k.scoped(() => {
            const sums = placeSums(k, data, k.fromBigints(e), reading, grids, rows);
            assert.deepEqual(k.toBigints(sums), expected(data, e, reading, grids, rows));
          });
        });
    });

    it('take one axis to another', () => {
      for (const [outerLength, n, inner, m] of [
        [1, 4, 6, 3],
        [9, 3, 5, 2],
        [2, 1, 1, 4],
        [16, 2, 128, 3],
      ]) {
        const [M, table] = [elements(outerLength * n * inner), elements(m * n)];
        k.scoped(() => {
          const out = k.toBigints(axisSums(k, k.fromBigints(M), k.fromBigints(table), n, inner));
          const of = range(outerLength).flatMap((o) =>
            range(m).flatMap((d) =>
              range(inner).map((i) =>
                mod(range(n).reduce((sum, x) => sum + table[d * n + x] * M[(o * n + x) * inner + i], 0n)),
              ),
            ),
          );
          assert.deepEqual(out, of);
        });
      }
    });

    it('make products of two vectors', () => {
      const [low, high] = [elements(5), elements(7)];
      k.scoped(() => {
        const made: Vec = outer(k, k.fromBigints(low), k.fromBigints(high));
        assert.deepEqual(
          k.toBigints(made),
          high.flatMap((h) => low.map((v) => mod(h * v))),
        );
      });
    });
  });
}
