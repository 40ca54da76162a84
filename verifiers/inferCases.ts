// The honest runs of infer and convInfer that the verifier in Python is tried on.
import type { Commitment } from '../src/argument/types.ts';
import { type AnyShape, isNetworkShape } from '../src/model/anyShape.ts';
import type { Head } from '../src/model/head.ts';
import { type InputKind, inputPlaces, rowTensor, valuesBytes } from '../src/model/inference.ts';
import type { NetworkWeights } from '../src/model/networkWeights.ts';
import type { Shard } from '../src/model/shard.ts';
import type { Weights } from '../src/model/weights.ts';
import { inputValues, outputTensor, outputValues } from '../src/programs/infer/context.ts';
import { proveInfer } from '../src/programs/infer/infer.ts';
import { inputOracle, outputOracle } from '../src/programs/oracles.ts';
import { shapeFields } from '../src/registry/programs/definition.ts';
import type { InferStatement } from '../src/registry/programs/infer.ts';
import { forwardPass } from '../src/training/forward.ts';
import { someModel, someShard } from '../test/support/models.ts';
import { networkCase } from '../test/training/networkCases.ts';
import { stated } from './cases.ts';
import type { Case } from './run.ts';

const OUTPUT_SALT = 13n;

/** How inputs and outputs are known. */
interface Sides {
  inputs: InputKind;
  shown: boolean;
}

function shapeOf(model: Weights | NetworkWeights): AnyShape {
  return 'network' in model ? model.network : { widths: model.widths, head: model.head };
}

function infer(name: string, make: () => { model: Weights | NetworkWeights; shard: Shard }, sides: Sides): Case {
  const { inputs, shown } = sides;
  const shape = () => shapeOf(make().model);
  return {
    name: `${isNetworkShape(shape()) ? 'convInfer' : 'infer'}-${name}-${inputs}${shown ? '-shown' : ''}`,
    make: async (commit) => {
      const { model, shard: whole } = make();
      const shard = inputs === 'shard' ? whole : { ...whole, X: realInputs(model, whole) };
      const forward = { trace: forwardPass(model, shard) };
      const input: Commitment = await commit.oracle(inputOracle(shard, inputs === 'shard'));
      const output = await commit.oracle(outputOracle(outputTensor({ model, shard, forward }), OUTPUT_SALT));
      const statement: InferStatement = {
        program: 'infer',
        ...shapeFields(shape()),
        model: await commit.model(model),
        rows: shard.rows,
        input,
        shard:
          inputs === 'shard'
            ? { inputs: shard.inputs, outputs: shard.outputs, rows: shard.rows, kind: shard.kind }
            : null,
        inputs: inputs === 'public' ? valuesBytes(inputValues({ model, shard })) : null,
        output,
        outputs: shown ? valuesBytes(outputValues({ model, shard, forward })) : null,
        point: 0n,
      };
      return {
        stated: {
          ...stated(statement),
          given: { inputs: statement.inputs ?? '0x', outputs: statement.outputs ?? '0x' },
        },
        argument: async (session) => {
          const argued = await proveInfer(session, {
            model,
            shard,
            inputs,
            outputs: { shown, salt: OUTPUT_SALT },
            forward,
          });
          statement.point = argued.point;
          return argued;
        },
      };
    },
  };
}

/** X with 0 beyond the pictures, as inputs that are no shard have it. */
function realInputs(model: Weights | NetworkWeights, shard: Shard): Int32Array {
  const places = inputPlaces(shapeOf(model));
  return rowTensor(
    inputValues({ model, shard }),
    shard.rows,
    places,
    shard.X.length >> Math.ceil(Math.log2(shard.rows)),
  );
}

function dense(widths: number[], rows: number, sides: Sides, head: Head = 'squared error'): Case {
  const kind = head === 'sigmoid' ? 'labels' : head === 'softmax' ? 'classes' : 'regression';
  return infer(
    `${widths.join('-')}-${rows}`,
    () => ({ model: { ...someModel(widths), head }, shard: someShard(widths, rows, kind) }),
    sides,
  );
}

function pictures(network: string, rows: number, sides: Sides, head: Head = 'squared error'): Case {
  const make = () => {
    const { weights, shard } = networkCase({ network, head, rows, batch: 1, lr: 1 });
    return { model: weights, shard };
  };
  return infer(`${network}-${rows}`, make, sides);
}

const [PUBLIC, HIDDEN]: Sides[] = [
  { inputs: 'public', shown: true },
  { inputs: 'committed', shown: false },
];

/** Made without the curve. */
export const INFER_ARGUMENTS: Case[] = [
  dense([1, 1], 1, PUBLIC),
  dense([3, 5, 2], 9, PUBLIC, 'softmax'),
  dense([3, 5, 7, 2, 9], 11, { inputs: 'committed', shown: true }),
  dense([4, 3], 1, HIDDEN, 'sigmoid'),
  dense([5, 4, 3], 6, { inputs: 'shard', shown: true }, 'softmax'),
  dense([2, 3, 5, 6], 16, { inputs: 'shard', shown: false }, 'sigmoid'),
  dense([9, 3], 5, { inputs: 'public', shown: false }),
  pictures('2x2x1-c1k2-1', 1, PUBLIC, 'sigmoid'),
  pictures('6x6x1-a2-c3k2p1-a2-c2k2p1-4-2', 3, PUBLIC, 'softmax'),
  pictures('5x5x2-c2k2-c2k2-c3k1s2-4-5-2', 5, { inputs: 'committed', shown: true }),
  pictures('8x8x2-c4k7s2p3-a2-3', 4, HIDDEN, 'sigmoid'),
  pictures('5x5x3-c3k3-4', 5, { inputs: 'shard', shown: true }, 'softmax'),
  pictures('9x9x1-c5k3s2-a2-6-3', 7, { inputs: 'shard', shown: false }),
  pictures('12x12x1-c2k4s2-c3k2s2-2', 2, { inputs: 'public', shown: false }),
];

/** Proved with Groth16 and opened; by default none. */
export const INFER_PROOFS: Case[] = [
  dense([3, 5, 2], 9, PUBLIC, 'softmax'),
  dense([5, 4, 3], 6, { inputs: 'shard', shown: false }, 'softmax'),
  pictures('6x6x1-a2-c3k2p1-a2-c2k2p1-4-2', 3, HIDDEN, 'softmax'),
];
