import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Kernels } from '../../src/argument/kernels.ts';
import { inputPlaces, rowTensor, rowValues, valuesAt } from '../../src/model/inference.ts';
import {
  type InferWitness,
  inputSide,
  inputValues,
  outputSide,
  outputValues,
} from '../../src/programs/infer/context.ts';
import { proveInfer } from '../../src/programs/infer/infer.ts';
import { layerSizes } from '../../src/programs/layerSizes.ts';
import { forwardPass } from '../../src/training/forward.ts';
import { type Judge, judgeOf } from '../reference/circuit.ts';
import { HEADS } from '../reference/sizes.ts';
import { argue } from '../support/argument.ts';
import { INPUT_KINDS, provenInference, provenPictures } from '../support/inferences.ts';
import { NETWORKS } from '../support/networks.ts';
import { randomCase } from '../training/helpers.ts';
import { networkCase } from '../training/networkCases.ts';
import { pinned } from './pinned.ts';

/** A witness for every kind of inputs, with outputs that are public or not. */
function witnesses({
  weights,
  shard,
}: Pick<ReturnType<typeof randomCase>, 'shard'> & { weights: InferWitness['model'] }): InferWitness[] {
  const forward = { trace: forwardPass(weights, shard) };
  return INPUT_KINDS.map((inputs, k) => ({
    model: weights,
    shard,
    inputs,
    outputs: { shown: k !== 1, salt: 7n },
    forward,
  }));
}

/** The late parameters of a witness at a challenge. */
function late(witness: InferWitness, point: bigint): bigint[] {
  const sizes = layerSizes(witness.model, witness.shard);
  const inputs = valuesAt(inputValues(witness), inputSide({ witness, sizes }).places, point);
  const outputs = valuesAt(outputValues(witness), outputSide({ witness, sizes }).places, point);
  return [point, witness.inputs === 'public' ? inputs : 0n, witness.outputs.shown ? outputs : 0n];
}

describe('program infer', () => {
  let judge: Judge;
  let kernels: Kernels;
  before(async () => {
    [judge, kernels] = await Promise.all([judgeOf('infer'), Kernels.load()]);
  });

  it('has the pinned number of constraints, fewer than score', () => {
    assert.equal(judge.constraints, pinned('infer'));
    assert.ok(judge.constraints < pinned('score'));
  });

  for (const inputs of INPUT_KINDS)
    for (const shown of [true, false])
      it(`accepts ${inputs} inputs, outputs that are ${shown ? '' : 'not '}public`, () =>
        judge.accepts(provenInference([3, 3], { rows: 5, inputs, shown }, {}, 'softmax')));

  for (const [k, [widths, rows]] of (
    [
      [[1, 1], 1],
      [[4, 3, 3], 8],
      [[2, 3, 3, 1], 3],
      [[3, 5, 2, 4, 3], 6],
      [[1, 300], 1],
      [[300, 2], 2],
      [[2, 1], 300],
    ] as const
  ).entries())
    it(`accepts a ${widths.join('-')} network on ${rows} rows`, () =>
      judge.accepts(
        provenInference(widths, { rows, inputs: INPUT_KINDS[k % 3], shown: k % 2 === 0 }, {}, HEADS[k % 3]),
      ));

  for (const [widths, rows] of [
    [[1, 1], 1],
    [[5, 3, 2], 9],
    [[3, 5, 7, 2, 9], 8],
  ] as const)
    it(`is satisfied by the prover: ${widths.join('-')} on ${rows} rows`, async () => {
      const base = {
        batch: 1,
        passes: 1,
        lr: 1,
        kind: 'regression',
        head: 'squared error',
        smoothing: 0,
        seed: 3,
      } as const;
      for (const witness of witnesses(randomCase({ ...base, widths: [...widths], rows }))) {
        const { inputs, expected } = await argue(
          kernels,
          ['shape', 'form'],
          (session) => proveInfer(session, witness),
          ({ point }) => late(witness, point),
        );
        assert.deepEqual(await judge.outputs(inputs), expected);
      }
    });
});

describe('program convInfer', () => {
  let judge: Judge;
  let kernels: Kernels;
  before(async () => {
    [judge, kernels] = await Promise.all([judgeOf('convInfer'), Kernels.load()]);
  });

  it('has the pinned number of constraints, fewer than convScore', () => {
    assert.equal(judge.constraints, pinned('convInfer'));
    assert.ok(judge.constraints < pinned('convScore'));
  });

  for (const [k, [name, network]] of Object.entries(NETWORKS).entries())
    it(`accepts ${name}`, async () => {
      const head = HEADS[k % 3];
      for (const inputs of k === 1 ? INPUT_KINDS : [INPUT_KINDS[k % 3]])
        await judge.accepts(provenPictures({ ...network, head }, { rows: 1 + (k % 4), inputs, shown: k % 2 === 0 }));
    });

  for (const network of ['4x4x1-c2k3-5', '6x6x2-c3k3s2p1-3', '5x5x1-c2k3p1-c3k2-4-2', '8x8x3-c2k3p1-a2-c3k3p1-4'])
    it(`is satisfied by the prover: ${network}`, async () => {
      const made = networkCase({ network, rows: 3, batch: 1, lr: 1, head: 'softmax' });
      const places = inputPlaces(made.weights.network);
      const { inputs: features, rows, X } = made.shard;
      const clear = rowTensor(rowValues(X, rows, places), rows, places, 2 ** Math.ceil(Math.log2(features)));
      for (const witness of witnesses({ ...made, shard: { ...made.shard, X: clear } })) {
        const { inputs, expected } = await argue(
          kernels,
          ['shape', 'layout', 'form'],
          (session) => proveInfer(session, witness),
          ({ point }) => late(witness, point),
        );
        assert.deepEqual(await judge.outputs(inputs), expected);
      }
    });
});
