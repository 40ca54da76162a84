import { basename } from 'node:path';
import { InputError } from '../../src/errors/InputError.ts';
import { type AnyShape, formatShape, shapeSides } from '../../src/model/anyShape.ts';
import { importCapacity } from '../../src/model/capacity.ts';
import { checkFit, type Head, headsFor } from '../../src/model/head.ts';
import { fitToRanges } from '../../src/model/import/fit.ts';
import {
  type AnyFloatModel,
  type ImportedModel as Imported,
  isFloatNetwork,
  readAnyFloatModel,
} from '../../src/model/import/floatModel.ts';
import { type LayerTensors, type Orientation, openOrientation } from '../../src/model/import/mapping.ts';
import type { NormPlace } from '../../src/model/import/norm.ts';
import { quantiseModel } from '../../src/model/import/quantise.ts';
import { parseNetwork } from '../../src/model/network.ts';
import { checkPictures, isNetworkWeights } from '../../src/model/networkWeights.ts';
import type { Shard } from '../../src/model/shard.ts';
import { headWord, usualHead } from '../../src/model/smoothing.ts';
import { writeWeights } from '../../src/model/weightsFile.ts';
import { randomElement } from '../../src/numbers/field.ts';
import { type Comparison, compareImport, doubtOf, rowsOf } from '../../src/training/compareImport.ts';
import { readShardFile } from '../files/models.ts';
import { readParsed } from '../files/read.ts';
import type { Json, Run } from '../runs/run.ts';
import type { Output } from '../terminal/output.ts';

type ImportedModel = Imported<AnyFloatModel>;

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
  /** What was said of it. */
  head: Head | null;
  // architecture: the convolutional network of a state dict, where it was said
}

/** What the import did, and what it could not see. */
export interface ImportOutcome {
  [key: string]: Json;
  shape: string;
  head: Head;
  /** Operator of a graph that says so; null: the command does, or nobody. */
  headFrom: string | null;
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
    const shape = formatShape(shapeOfFloats(imported.model));
    const head = chooseHead(imported, inputs.head);
    if (inputs.shape !== null && inputs.shape !== shape) {
      throw new InputError(`The model is ${shape}, not ${inputs.shape}.`);
    }
    importCapacity(shapeOfFloats(imported.model));
    const shard = inputs.data && readShardFile(inputs.data.file, inputs.data.fileSha256);
    if (shard !== null) requireHead(head, shard, imported, inputs.head);
    const fitted = shard && fit(imported.model, shard, head, inputs.logits);
    const model = fitted?.model ?? imported.model;
    const { weights, errors } = quantiseModel(model, randomElement());
    if (isNetworkWeights(weights)) weights.network = { ...weights.network, head };
    else weights.head = head;
    if (shard?.schema !== undefined) weights.schema = shard.schema;
    const onData = shard && { ...compareImport(model, weights, shard) };
    put('model', 'model.safetensors', writeWeights(weights));
    output.progress.done();
    const names = imported.mapping.flatMap(({ weight, bias }) => [weight, bias ?? null]);
    return {
      shape,
      head,
      headFrom: imported.head?.head === head ? imported.head.by : null,
      source: imported.sha256,
      tensors: errors.map((error, k) => ({ ...error, from: names[k] })),
      unused: imported.unused,
      leftOut: [
        ...(imported.head !== undefined && imported.head.head !== head ? [imported.head.by] : []),
        ...imported.leftOut,
      ],
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

/**
 * The head of a graph, or what was said.
 * @throws InputError where both say another
 */
function chooseHead({ head: found }: ImportedModel, said: Head | null): Head {
  if (said === null) return found?.head ?? 'squared error';
  // Without a softmax no decision between classes changes.
  const leavesOut = said === 'squared error' && found?.head === 'softmax';
  if (found === undefined || found.head === said || leavesOut) return said;
  throw new InputError(`The model ends with ${found.by}: its head is ${found.head}, not ${said}.`, {
    hint: 'Leave --head out, or export the model without its last operator.',
  });
}

/** @throws InputError for rows that do not go with the head, with the head that does */
function requireHead(head: Head, { kind }: Shard, { head: found }: ImportedModel, said: Head | null): void {
  if (found !== undefined || said !== null || headsFor(kind).includes(head)) {
    checkFit(head, kind);
    return;
  }
  throw new InputError(`The rows of --data are ${kind}, and the file does not say what its outputs are.`, {
    hint: `If they are what a ${usualHead(kind)} takes, give --head ${headWord(usualHead(kind))}.`,
  });
}

function assumedOf(imported: ImportedModel, inputs: ImportInputs): string[] {
  const unstated = imported.head === undefined && inputs.head === null;
  return [
    ...assumedOfLayers(imported, inputs),
    ...(unstated
      ? ['squared error as the head: the file states none, and --head softmax or sigmoid was not given']
      : []),
  ];
}

function assumedOfLayers(
  { statesGraph, mapping, architecture }: ImportedModel,
  { orientation, layers, epsilon }: ImportInputs,
): string[] {
  if (statesGraph) return [];
  const assumed = ['a ReLU after every layer but the last, and arrays in row-major order: the file states neither'];
  if (architecture !== undefined) assumed.push(`the network ${architecture}: so the metadata of the file say`);
  const flattened = mapping.find(({ picture }) => picture?.kind === 'dense' && picture.side > 1)?.picture;
  if (flattened?.kind === 'dense') {
    const order = flattened.order === 'CHW' ? 'channel, line, column, as PyTorch' : 'line, column, channel, as Keras';
    assumed.push(`pixels that are flattened in the order ${order} has them: the file does not state it`);
  }
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

function readFloats({ from, layers, orientation, batchNorm, epsilon, architecture }: ImportInputs): ImportedModel {
  const norms = { ...(batchNorm && { place: batchNorm }), ...(epsilon !== null && { epsilon }) };
  const mapping = {
    ...(layers && { layers: layers.map(parseLayer) }),
    ...(orientation && { orientation }),
    ...(Object.keys(norms).length > 0 && { norms }),
    ...(typeof architecture === 'string' && { network: parseNetwork(architecture, 'squared error') }),
  };
  const source = ({ file }: { file: string }, bytes: Uint8Array) => ({ name: basename(file), bytes });
  const [first, ...more] = from;
  // An error of the parser then names the file; among several it names the one it means by itself.
  if (more.length === 0) {
    return readParsed(first.file, (bytes) => readAnyFloatModel([source(first, bytes)], mapping), first.fileSha256);
  }
  const files = from.map((one) => readParsed(one.file, (bytes) => source(one, bytes), one.fileSha256));
  return readAnyFloatModel(files, mapping);
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

/** The shape of a float model, whose head nobody said yet. */
function shapeOfFloats(model: AnyFloatModel): AnyShape {
  return isFloatNetwork(model) ? model.network : { widths: model.widths, head: 'squared error' };
}

function fit(
  model: AnyFloatModel,
  shard: Shard,
  head: Head,
  logits: number | null,
): { model: AnyFloatModel; factors: number[] } {
  requireFit(model, shard, head);
  const kind = shard.kind === 'regression' ? shard.kind : 'classes';
  return fitToRanges(model, rowsOf(shard), {
    kind: head === 'squared error' ? kind : 'probabilities',
    ...(logits !== null && { logits }),
  });
}

function requireFit(model: AnyFloatModel, { inputs, outputs, kind, schema }: Shard, head: Head): void {
  const { inputs: first, outputs: last } = shapeSides(shapeOfFloats(model));
  if (isFloatNetwork(model)) checkPictures(model.network, schema);
  if (first === inputs && last === outputs) return;
  if (isFloatNetwork(model) && first !== inputs) {
    const { side, channels } = model.network;
    throw new InputError(
      `The model reads pictures of ${side}x${side}x${channels}, ${first} inputs; the rows of --data have ${inputs}.`,
      { hint: 'Make the rows with descent data --picture.' },
    );
  }
  const isBinary = head === 'sigmoid' && last === 1 && kind === 'classes' && outputs === 2;
  throw new InputError(
    `The model is ${first} to ${last}; the rows of --data are ${inputs} to ${outputs}.`,
    isBinary
      ? { hint: 'Its one output tells two classes apart: make the rows with --labels, a column of 0 and 1.' }
      : {},
  );
}
