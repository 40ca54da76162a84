import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { NUMBERING } from '../../src/generated/numbering.ts';
import { Random, range } from '../reference/algebra.ts';
import { Analysis } from '../reference/analysis.ts';
import type { ConvNetwork } from '../reference/conv-geometry.ts';
import {
  convSeedRun,
  proveConvImport,
  proveConvMerge,
  proveConvSeed,
  randomConvWeights,
} from '../reference/conv-weights.ts';
import { mergeModels } from '../reference/merge.ts';
import type { ProgramName } from '../reference/run.ts';
import { elements, rows } from '../reference/sizes.ts';
import type { Inputs } from '../reference/tensors.ts';
import { type Checked, describeChecks } from '../support/constraintChecks.ts';
import { conv, flat, provenScore, provenTraining, someCoefficients } from '../support/networks.ts';

/** All six layers, as small as they can be. */
const NETWORK: ConvNetwork = {
  channels: 1,
  side: 2,
  layers: [conv(1, 1), conv(2, 1), conv(1, 2), flat(1), flat(2), flat(1)],
};
const SOFTMAX: ConvNetwork = { ...NETWORK, head: 'softmax' };

const { network, shard } = NUMBERING.shared;
const slotsOf = (
  program: Exclude<ProgramName, 'data'> & `conv${string}`,
  models: string[],
  withShard = false,
): Checked['slots'] => [
  ['offsets', network.names, models],
  ...(withShard ? [['shardOffset', shard.names, ['shard']] as Checked['slots'][number]] : []),
  ['traceOffset', NUMBERING[program].trace.names, ['trace']],
  ['helperOffset', NUMBERING[program].helper.names, ['helper']],
];

const PROGRAMS: Record<string, Checked> = {
  convSeed: {
    prove: (hooks) => proveConvSeed(new Random(1), convSeedRun(NETWORK, 3n), hooks).inputs,
    slots: slotsOf('convSeed', ['model']),
  },
  convImport: {
    prove: (hooks) => {
      const random = new Random(1);
      return proveConvImport(randomConvWeights(NETWORK, 2 ** 31, random), random, hooks).inputs;
    },
    slots: slotsOf('convImport', ['model']),
  },
  convMerge: {
    prove: (hooks) => {
      const random = new Random(1);
      const parents = range(2).map(() => randomConvWeights(NETWORK, 2 ** 31, random));
      const a = someCoefficients(6, 2);
      return proveConvMerge(mergeModels(parents, a, 5n), parents, a, random, hooks).inputs;
    },
    slots: slotsOf('convMerge', ['child', 'parent_0', 'parent_1']),
  },
  convTrain: {
    prove: (hooks) => provenTraining({ network: SOFTMAX, rows: 1, batch: 1, lr: 1, smoothing: 3 }, hooks).inputs,
    slots: slotsOf('convTrain', ['parent', 'child'], true),
  },
  convScore: {
    prove: (hooks) => provenScore(SOFTMAX, { rows: 2, kind: 'classes' }, hooks).inputs,
    slots: slotsOf('convScore', ['model'], true),
  },
};

for (const [program, checked] of Object.entries(PROGRAMS)) describeChecks(program, checked);

describe('the fields of a network', () => {
  let analysis: Analysis;
  let honest: Inputs;
  before(async () => {
    analysis = await Analysis.of('convSeed');
    honest = PROGRAMS.convSeed.prove();
  });
  const shape = (by: bigint) => (honest.shape as bigint) + by;

  // where a bit stands in the word of a layer
  for (const [name, at] of [
    ['strides1', 24],
    ['flat', 27],
  ] as const)
    for (const k of range(6))
      it(`catch a value of 2 of ${name} of layer ${k + 1} by that bit alone`, () => {
        const before = elements(honest, name)[k];
        const inputs = { ...honest, [name]: elements(honest, name).with(k, 2n) };
        const word = shape((2n - before) * 2n ** BigInt(18 + 29 * k + at));
        assert.deepEqual(analysis.violated({ ...inputs, shape: word }), [`0/1 ${name}[${k}]`]);
      });

  for (const k of range(6))
    for (const t of range(2))
      it(`catch a bit ${t} of 2 of the padding of layer ${k + 1} by that bit alone`, () => {
        const paddings = rows(honest, 'paddings');
        const by = (2n - paddings[k][t]) * 2n ** BigInt(18 + 29 * k + 25 + t);
        const inputs = { ...honest, paddings: paddings.with(k, paddings[k].with(t, 2n)), shape: shape(by) };
        assert.deepEqual(analysis.violated(inputs), [`0/1 paddings[${k}][${t}]`]);
      });

  for (const [name, length, from] of [
    ['channels1', 12, (l: number) => (l === 0 ? 0 : 18 + 29 * (l - 1))],
    ['sides1', 6, (l: number) => (l === 0 ? 12 : 18 + 29 * (l - 1) + 12)],
    ['kernels1', 6, (l: number) => 18 + 29 * l + 18],
  ] as const)
    it(`catch ${name} out of range`, () => {
      for (const l of range(name === 'kernels1' ? 6 : 7)) {
        const by = 2n ** BigInt(length);
        const list = elements(honest, name);
        const inputs = { ...honest, [name]: list.with(l, list[l] + by), shape: shape(by * 2n ** BigInt(from(l))) };
        const result = analysis.violated(inputs);
        assert.ok(result.length > 0, `${l}`);
        assert.ok(!result.includes('word shape'), `${result}`);
      }
    });

  for (const k of range(5))
    it(`catch a presence of 2 of layer ${k + 1}`, () => {
      const inputs = {
        ...honest,
        present: elements(honest, 'present').with(k, 2n),
        shape: shape(2n ** BigInt(192 + k)),
      };
      assert.ok(analysis.violated(inputs).includes(`0/1 present[${k}]`));
    });

  for (const [head, check] of [
    [[1n, 1n], 'head[0] head[1]'],
    [[2n, 0n], '0/1 head[0]'],
    [[0n, 2n], '0/1 head[1]'],
  ] as const)
    it(`catch a head of ${head} alone`, () => {
      const word = shape(head[0] * 2n ** 197n + head[1] * 2n ** 198n);
      assert.deepEqual(analysis.violated({ ...honest, head: [...head], shape: word }), [check]);
    });

  for (const k of range(6))
    it(`catch a bit of 2 of the fan of layer ${k + 1}`, () => {
      const fans = rows(honest, 'fans');
      const t = fans[k].indexOf(0n);
      const layout = elements(honest, 'layout');
      const word = Math.floor(k / 3);
      const by = 2n * 2n ** BigInt(51 * (k % 3) + 46 + t);
      const inputs = {
        ...honest,
        fans: fans.with(k, fans[k].with(t, 2n)),
        layout: layout.with(word, layout[word] + by),
      };
      const result = analysis.violated(inputs);
      assert.ok(result.includes(`0/1 fans[${k}][${t}]`), `${result}`);
    });
});
