import { InputError } from '../../src/errors/InputError.ts';
import { inferCapacity } from '../../src/model/capacity.ts';
import { outputPlaces, rowValues } from '../../src/model/inference.ts';
import { type AnyWeights, modelSides, shapeOf, shapeText } from '../../src/model/networkWeights.ts';
import { emptyShard, type Shard } from '../../src/model/shard.ts';
import { writeShard } from '../../src/model/shardFile.ts';
import { ceilLog2 } from '../../src/numbers/bits.ts';
import { ACTIVATION_BITS, MAX_SIZE, SIGNED_LIMIT } from '../../src/numbers/constants.ts';
import { randomElement } from '../../src/numbers/field.ts';
import { toActivation } from '../../src/numbers/fixed.ts';
import { forwardPass } from '../../src/training/forward.ts';
import { labelOf, readWeightsFile } from '../files/models.ts';
import { type InferInputs, type InferKept, rowsOfRun } from '../runs/programs/infer.ts';
import type { Run } from '../runs/run.ts';
import type { Output } from '../terminal/output.ts';
import { counted } from '../terminal/plural.ts';
import { type Predictions, predictionsOf, prepareRows } from './predict.ts';
import { readRows } from './readRows.ts';

/** What a model says of the rows of a run, and what of it the proof makes public. */
export interface InferOutcome {
  shape: string;
  inputs: InferInputs['inputs'];
  outputs: InferInputs['outputs'];
  predictions: Predictions;
}

/** Stage `infer` of a run: the rows as integers, and the salts of what is committed. The proof runs the model again. */
export async function inferRun(run: Run, inputs: InferInputs, output: Output): Promise<InferOutcome> {
  const model = readWeightsFile(inputs.model, inputs.modelSha256);
  await run.stage('infer', async (put): Promise<InferKept> => {
    const salt = randomElement().toString();
    if (inputs.inputs === 'shard') return { salt, rows: rowsOfRun(run).rows };
    const shard = await rowsOfTable(model, inputs);
    put('rows', 'rows.safetensors', writeShard(shard));
    return { salt, rows: shard.rows };
  });
  const shard = rowsOfRun(run);
  inferCapacity(shapeOf(model), shard.rows);
  output.progress.stage(`run ${labelOf(model)} on ${counted(shard.rows, 'row')}`);
  const predictions = inferred(model, shard);
  output.progress.done();
  return { shape: shapeText(model), inputs: inputs.inputs, outputs: inputs.outputs, predictions };
}

/** The rows of a table as the model takes them; no labels. */
async function rowsOfTable(model: AnyWeights, { rows: path, ignore, member }: InferInputs): Promise<Shard> {
  const options = { ignore: ignore === undefined ? [] : ignore.split('\n'), ...(member !== undefined && { member }) };
  const rows = await readRows(path, model.schema, options);
  const { kept, features, nameOf } = prepareRows(model, rows);
  if (kept.length !== rows.rows) {
    throw new InputError('A row lacks a value: of it nothing can be proved.', {
      hint: 'Fill it or leave the row out.',
    });
  }
  const { inputs, outputs } = modelSides(model);
  if (kept.length > MAX_SIZE) throw new InputError(`One proof takes ${MAX_SIZE} rows at most, not ${kept.length}.`);
  const shard = emptyShard({ inputs, outputs, rows: kept.length, kind: 'regression' }, randomElement());
  const sigma = ceilLog2(kept.length);
  for (let s = 0; s < kept.length; s++) {
    for (let j = 0; j < inputs; j++) shard.X[(j << sigma) + s] = toActivation(features[s * inputs + j], nameOf(j, s));
  }
  return shard;
}

/** What the outputs say, by the model's schema. */
function inferred(model: AnyWeights, shard: Shard): Predictions {
  const { Q } = forwardPass(model, shard).output;
  const values = rowValues(Q, shard.rows, outputPlaces(shapeOf(model)));
  const outputs = Float64Array.from(values, (q) => (q - SIGNED_LIMIT) / 2 ** ACTIVATION_BITS);
  const kept = Array.from({ length: shard.rows }, (_, row) => row);
  return predictionsOf(model, outputs, { kept, rows: shard.rows, notes: [], warnings: [] });
}
