import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Random, range } from '../reference/algebra.ts';
import { type Judge, judgeOf } from '../reference/circuit.ts';
import type { ConvTrainShape } from '../reference/conv-train-run.ts';
import {
  convSeedRun,
  proveConvImport,
  proveConvMerge,
  proveConvSeed,
  randomConvWeights,
} from '../reference/conv-weights.ts';
import { mergeModels } from '../reference/merge.ts';
import { HEADS } from '../reference/sizes.ts';
import { NETWORKS, provenScore, provenTraining, someCoefficients } from '../support/networks.ts';

// The circuits of convolutional networks take what the reference proves, and answer with what its verifier has.

const ALL = Object.entries(NETWORKS).map(([name, network], i) => ({ name, network, i, head: HEADS[i % HEADS.length] }));

const judged = (program: string, limit: number, tests: (judge: () => Judge) => void) =>
  describe(`program ${program}`, () => {
    let judge: Judge;
    before(async () => {
      judge = await judgeOf(program);
    });
    it(`has less than 2^${limit} constraints`, () => {
      assert.ok(judge.constraints < 2 ** limit, `${judge.constraints}`);
    });
    tests(() => judge);
  });

judged('convSeed', 16, (judge) => {
  for (const { name, network, head, i } of ALL)
    it(`accepts ${name}`, async () => {
      const run = convSeedRun({ ...network, head }, 77n + BigInt(i));
      await judge().accepts(proveConvSeed(new Random(i), run));
    });
});

judged('convImport', 16, (judge) => {
  for (const { name, network, head, i } of ALL)
    it(`accepts ${name}`, async () => {
      const random = new Random(i);
      await judge().accepts(proveConvImport(randomConvWeights({ ...network, head }, 2 ** 46, random), random));
    });
});

judged('convMerge', 16, (judge) => {
  for (const { name, network, head, i } of ALL)
    it(`accepts ${name}`, async () => {
      const random = new Random(i);
      const count = 2 + (i % 7);
      const parents = range(count).map(() => randomConvWeights({ ...network, head }, 2 ** 40, random));
      const a = someCoefficients(network.layers.length, count);
      await judge().accepts(proveConvMerge(mergeModels(parents, a, 5n), parents, a, random));
    });
});

judged('convScore', 16, (judge) => {
  const kinds = ['regression', 'classes', 'labels'] as const;
  for (const { name, network, head, i } of ALL)
    it(`accepts ${name} with ${head} on ${kinds[i % 3]}`, async () => {
      await judge().accepts(provenScore({ ...network, head }, { rows: 1 + (i % 4), kind: kinds[i % 3] }));
    });
});

judged('convTrain', 16, (judge) => {
  const settings: Omit<ConvTrainShape, 'network'>[] = [
    { rows: 3, batch: 2, passes: 2, lr: 5 },
    { rows: 4, batch: 1, lr: 7, smoothing: 9 },
    { rows: 2, batch: 2, passes: 2, lr: 1, smoothing: 3 },
  ];
  for (const { name, network, head, i } of ALL)
    it(`accepts ${name} with ${head}`, async () => {
      const { lr, smoothing, ...rest } = settings[i % 3];
      // of networks that pool, the rate is a multiple of 16
      const shape = { ...rest, lr: 16 * lr, smoothing: head === 'squared error' ? 0 : smoothing };
      await judge().accepts(provenTraining({ network: { ...network, head }, ...shape }));
    });
});
