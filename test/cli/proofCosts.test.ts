import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { totalOf } from '../../scripts/actions/fitCosts.ts';
import { furtherChunks, type Measured, proofCost } from '../../scripts/actions/proofCosts.ts';
import { parseShape, shapeSides } from '../../src/model/anyShape.ts';
import {
  dataCapacity,
  scoreCapacity,
  scoreElements,
  seedCapacity,
  trainCapacity,
  trainElements,
} from '../../src/model/capacity.ts';
import type { Head } from '../../src/model/head.ts';

/** What a fit says of a proof, and what one took. */
interface Proof {
  program: Measured;
  network: string;
  head: Head;
  rows: number;
  /** of all threads */
  seconds: number;
  gibibytes: number;
}

function estimate({ program, network, head, rows }: Pick<Proof, 'program' | 'network' | 'head' | 'rows'>) {
  const shape = parseShape(network, head);
  if (program === 'seed') return proofCost('seed', seedCapacity(shape));
  if (program === 'data') return proofCost('data', dataCapacity({ ...shapeSides(shape), rows, kind: 'regression' }));
  if (program === 'score') return proofCost('score', scoreCapacity(shape, rows), scoreElements(shape, rows));
  const steps = { rows, passes: 1, batch: 16 };
  return proofCost('train', trainCapacity(shape, rows), trainElements(shape, steps));
}

/** Whether a figure is right within a factor. */
function isNear(found: number, measured: number, factor: number): boolean {
  return found < measured * factor && found > measured / factor;
}

// Proofs of convolutional networks on two cores, with Groth16.
const DIGITS = { network: '28x28x1-c8k5s2p2-c16k5s2p2-64-10', head: 'softmax' } as const;
const NETWORKS: Proof[] = [
  { program: 'train', ...DIGITS, rows: 1024, seconds: 31 + 1.7, gibibytes: 2.6 },
  { program: 'train', ...DIGITS, rows: 2048, seconds: 60 + 1.8, gibibytes: 4.2 },
  { program: 'score', ...DIGITS, rows: 1024, seconds: 16 + 1.7, gibibytes: 1.8 },
];

const { proofs } = JSON.parse(readFileSync(new URL('../../bench/results.json', import.meta.url), 'utf8')) as {
  proofs: {
    name: string;
    program: string;
    widths: string;
    network?: string;
    head?: Head;
    rows: number;
    cpuSeconds: number;
    peakMiB: number;
  }[];
};
const BENCH = proofs.flatMap((one): Proof[] => {
  const { program, widths, network = widths, head = 'squared error', rows, cpuSeconds, peakMiB } = one;
  if (!['seed', 'data', 'train', 'score'].includes(program)) return [];
  return [{ program: program as Measured, network, head, rows, seconds: cpuSeconds, gibibytes: peakMiB / 1024 }];
});

describe('what a proof is said to take', () => {
  it('has measurements of every program to be held against', () => {
    assert.deepEqual(new Set(BENCH.map(({ program }) => program)), new Set(['data', 'seed', 'train', 'score']));
  });

  for (const proof of [...NETWORKS, ...BENCH]) {
    const { program, network, head, rows } = proof;
    it(`is about what it took: ${program} ${network} x ${rows}, ${head}`, () => {
      const { seconds, bytes } = estimate(proof);
      assert.ok(isNear(seconds, proof.seconds, 2), `${seconds} s, measured ${proof.seconds}`);
      assert.ok(isNear(bytes / 2 ** 30, proof.gibibytes, 2), `${bytes / 2 ** 30} GiB, measured ${proof.gibibytes}`);
    });
  }

  it('grows with the rows and the channels of a network, whose widths say nothing', () => {
    const [once, twice] = [1024, 2048].map((rows) => estimate({ program: 'train', ...DIGITS, rows }));
    assert.ok(twice.seconds > 1.8 * once.seconds && twice.bytes > 1.6 * once.bytes && twice.gas > 1.5 * once.gas);
    const wide = estimate({ program: 'train', ...DIGITS, network: '28x28x1-c16k5s2p2-c32k5s2p2-64-10', rows: 1024 });
    assert.ok(wide.seconds > 1.8 * once.seconds);
  });

  it('takes the time of all cores whatever is proved side by side, and the memory of what is', () => {
    const cost = { what: 'training', program: 'train', count: 3, seconds: 90, bytes: 2 ** 31, gas: 10 } as const;
    const costs = [cost, { ...cost, count: 1, seconds: 10 }];
    assert.deepEqual(totalOf(costs, 1, 4), { count: 4, seconds: 25, bytes: 2 ** 31, gas: 20 });
    assert.deepEqual(totalOf(costs, 8, 4), { count: 4, seconds: 25, bytes: 3 * 2 ** 31, gas: 20 });
  });

  it('is at most as much as the digits of examples/pictures took: segments of 2,048 and scores of 2,000', () => {
    const [train, score] = (['train', 'score'] as const).map((program) => estimate({ program, ...DIGITS, rows: 2048 }));
    assert.ok(train.gas > 2.6e6 && train.gas < 2 * 2.6e6, `${train.gas} gas of a segment`);
    assert.ok(score.gas > 1.87e6 && score.gas < 2 * 1.87e6, `${score.gas} gas of a score`);
  });

  it('counts the chunks of every oracle: parent and child, shard, trace and helper', () => {
    const sizes = { model: 19, shard: 20, trace: 21, helper: 18 };
    assert.equal(furtherChunks('train', sizes), 1 + 1 + 3 + 7);
    assert.equal(furtherChunks('score', sizes), 1 + 3 + 7);
    const [few, many] = [furtherChunks('train', sizes), furtherChunks('train', { ...sizes, trace: 22 })];
    const gas = proofCost('train', { ...sizes, trace: 22 }).gas - proofCost('train', sizes).gas;
    assert.equal(gas, 9000 * (many - few));
  });
});
