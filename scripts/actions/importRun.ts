import { basename } from 'node:path';
import { InputError } from '../../src/errors/InputError.ts';
import { importCapacity } from '../../src/model/capacity.ts';
import { fitToRanges } from '../../src/model/import/fit.ts';
import { type FloatModel, type ImportedModel, readFloatModel } from '../../src/model/import/floatModel.ts';
import { type LayerTensors, type Orientation, openOrientation } from '../../src/model/import/mapping.ts';
import type { NormPlace } from '../../src/model/import/norm.ts';
import { quantiseModel } from '../../src/model/import/quantise.ts';
import type { Shard } from '../../src/model/shard.ts';
import { writeWeights } from '../../src/model/weightsFile.ts';
import { randomElement } from '../../src/numbers/field.ts';
import { type Comparison, compareImport, doubtOf, rowsOf } from '../../src/training/compareImport.ts';
import { modelLabel, readShardFile } from '../files/models.ts';
import { readParsed } from '../files/read.ts';
import type { Json, Run } from '../runs/run.ts';
import type { Output } from '../terminal/output.ts';

/** What an import run was started with. */
export interface ImportInputs {
  [key: string]: Json;
  from: { file: string; fileSha256: string }[];
  shape: string | null;
  layers: string[] | null;
  orientation: Orientation | null;
  batchNorm: NormPlace | null;
  epsilon: number | null;
  data: { file: string; fileSha256: string } | null;
  logits: number | null;
}

/** What the import did, and what it could not see. */
export interface ImportOutcome {
  [key: string]: Json;
  shape: string;
  /** SHA-256 that the import declares. */
  source: string;
  tensors: { tensor: string; from: string | null; entries: number; max: number; rms: number; largest: number }[];
  /** Tensors that --layers left out, or that no node of an ONNX graph reads. */
  unused: string[];
  /** Operators that an ONNX graph has after its last layer, which change no decision between classes. */
  leftOut: string[];
  /** What became part of a layer, in sentences. */
  folded: string[];
  /** Operators of a graph that change no row. */
  dropped: string[];
  /** What the file does not state and was taken for granted, in sentences. */
  assumed: string[];
  /** What speaks against the import, in sentences. */
  doubts: string[];
  /** Factors of the layers, which --data found. */
  factors: number[] | null;
  /** Float and fixed-point network on the rows of --data. */
  onData: (Comparison & { [key: string]: Json }) | null;
}

/** Stage `import` of a run: quantised weights with a fresh salt. */
export function importRun(run: Run, inputs: ImportInputs, output: Output): Promise<ImportOutcome> {
  return run.stage('import', async (put) => {
    output.progress.stage('read and quantise');
    const imported = readFloats(inputs);
    const shape = modelLabel(imported.model);
    if (inputs.shape !== null && inputs.shape !== shape) {
      throw new InputError(`The model is ${shape}, not ${inputs.shape}.`);
    }
    importCapacity(imported.model.widths);
    const shard = inputs.data && readShardFile(inputs.data.file, inputs.data.fileSha256);
    if (shard?.kind === 'regression' && imported.leftOut.length > 0) {
      throw new InputError(`The model ends with ${imported.leftOut[0]}; the rows of --data are a regression.`, {
        hint: 'Without it the outputs are other numbers: give rows of classes.',
      });
    }
    const fitted = shard && fit(imported.model, shard, inputs.logits);
    const model = fitted?.model ?? imported.model;
    const { weights, errors } = quantiseModel(model, randomElement());
    if (shard?.schema !== undefined) weights.schema = shard.schema;
    const onData = shard && { ...compareImport(model, weights, shard) };
    put('model', 'model.safetensors', writeWeights(weights));
    output.progress.done();
    const names = imported.mapping.flatMap(({ weight, bias }) => [weight, bias ?? null]);
    return {
      shape,
      source: imported.sha256,
      tensors: errors.map((error, k) => ({ ...error, from: names[k] })),
      unused: imported.unused,
      leftOut: imported.leftOut,
      folded: foldedOf(imported),
      dropped: imported.dropped,
      assumed: assumedOf(imported, inputs),
      doubts: doubtsOf(imported, inputs, onData),
      factors: fitted?.factors ?? null,
      onData,
    };
  });
}

function foldedOf({ mapping, dequantised }: ImportedModel): string[] {
  const norms = mapping.flatMap(({ before = [], after = [] }, l) => [
    ...before.map(({ name }) => `the normalisation ${name} before layer ${l + 1} into its weights`),
    ...after.map(({ name }) => `the normalisation ${name} after layer ${l + 1} into its weights`),
  ]);
  return [...norms, ...dequantised.map((name) => `the quantised tensor ${name} into the floats that it stands for`)];
}

function assumedOf({ statesGraph, mapping }: ImportedModel, { orientation, layers, epsilon }: ImportInputs): string[] {
  if (statesGraph) return [];
  const assumed = ['a ReLU after every layer but the last, and arrays in row-major order: the file states neither'];
  const { layers: square, all } = openOrientation(mapping);
  if (orientation === null && (square.length > 0 || all)) {
    const which = square.length === 0 ? 'the weights' : `the square weights of layer ${square.join(', ')}`;
    const meaning = mapping[(square[0] ?? 1) - 1].orientation === 'out-in' ? 'output' : 'input';
    assumed.push(
      `that row i of ${which} belongs to ${meaning} i: so the ${layers ? 'mapping' : 'names'} say, the shapes do not`,
    );
  }
  if (epsilon === null && mapping.some(({ before = [], after = [] }) => before.length + after.length > 0)) {
    assumed.push('an epsilon of 1e-5 in the normalisations, as PyTorch has it: the file does not state it');
  }
  return assumed;
}

function doubtsOf(
  { mapping, statesGraph, unused }: ImportedModel,
  inputs: ImportInputs,
  onData: Comparison | null,
): string[] {
  const doubts: string[] = [];
  if (!statesGraph && inputs.orientation === null && openOrientation(mapping).all) {
    const [rows, other] = mapping[0].orientation === 'out-in' ? ['inputs', 'in-out'] : ['outputs', 'out-in'];
    doubts.push(
      `The weights fit the other way round as well. If the rows of a weight are ${rows}, give --orientation ${other}.`,
    );
  }
  const statistics = unused.filter((name) => /running_mean$/.test(name));
  if (statistics.length > 0)
    doubts.push(`Batch normalisations were left out: ${statistics.join(', ')}. The network is another one.`);
  const doubt = onData === null ? undefined : doubtOf(onData);
  if (doubt !== undefined) {
    doubts.push(
      `${doubt} The file may hold scrambled or turned arrays, or weights of another activation than ReLU; or its rows were scaled or its classes numbered in another way.`,
    );
  }
  return doubts;
}

function readFloats({ from, layers, orientation, batchNorm, epsilon }: ImportInputs): ImportedModel {
  const norms = { ...(batchNorm && { place: batchNorm }), ...(epsilon !== null && { epsilon }) };
  const mapping = {
    ...(layers && { layers: layers.map(parseLayer) }),
    ...(orientation && { orientation }),
    ...(Object.keys(norms).length > 0 && { norms }),
  };
  const source = ({ file }: { file: string }, bytes: Uint8Array) => ({ name: basename(file), bytes });
  const [first, ...more] = from;
  // An error of the parser then names the file; among several it names the one it means by itself.
  if (more.length === 0) {
    return readParsed(first.file, (bytes) => readFloatModel([source(first, bytes)], mapping), first.fileSha256);
  }
  const files = from.map((one) => readParsed(one.file, (bytes) => source(one, bytes), one.fileSha256));
  return readFloatModel(files, mapping);
}

/** weight or weight,bias */
function parseLayer(text: string): LayerTensors {
  const [weight, bias, ...more] = text.split(',');
  if (weight === '' || bias === '' || more.length > 0) {
    throw new InputError(`${JSON.stringify(text)} does not name the tensors of a layer.`, {
      hint: 'Write weight or weight,bias.',
    });
  }
  return bias === undefined ? { weight } : { weight, bias };
}

function fit(model: FloatModel, shard: Shard, logits: number | null): { model: FloatModel; factors: number[] } {
  requireFit(model, shard);
  return fitToRanges(model, rowsOf(shard), {
    kind: shard.kind === 'regression' ? 'regression' : 'classes',
    ...(logits !== null && { logits }),
  });
}

function requireFit({ widths }: FloatModel, { inputs, outputs }: Shard): void {
  const [first, last] = [widths[0], widths[widths.length - 1]];
  if (first === inputs && last === outputs) return;
  throw new InputError(`The model is ${first} to ${last}; the rows of --data are ${inputs} to ${outputs}.`);
}
