import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { InputError } from '../../src/errors/InputError.ts';
import { rootCapacity } from '../../src/model/capacity.ts';
import { fitToRanges } from '../../src/model/import/fit.ts';
import {
  type FloatModel,
  floatForward,
  type ImportedModel,
  readFloatModel,
} from '../../src/model/import/floatModel.ts';
import type { LayerTensors, Orientation } from '../../src/model/import/mapping.ts';
import { quantiseModel } from '../../src/model/import/quantise.ts';
import { parseWidths } from '../../src/model/shape.ts';
import type { Shard } from '../../src/model/shard.ts';
import type { Weights } from '../../src/model/weights.ts';
import { writeWeights } from '../../src/model/weightsFile.ts';
import { ceilLog2 } from '../../src/numbers/bits.ts';
import { ACTIVATION_BITS, SIGNED_LIMIT } from '../../src/numbers/constants.ts';
import { randomElement } from '../../src/numbers/field.ts';
import { forwardTrace } from '../../src/training/forward.ts';
import { modelLabel, readShardFile } from '../files/models.ts';
import { fileHash, readParsed } from '../files/read.ts';
import { type Json, Run } from '../runs/run.ts';
import { runFolder } from '../runs/runFolder.ts';
import { alignColumns } from '../terminal/drawTree.ts';
import { commandLine } from '../terminal/invocation.ts';
import type { Output } from '../terminal/output.ts';
import {
  type CommonOptions,
  nextOptions,
  outputOf,
  type StatementOptions,
  withCommon,
  withStatement,
} from './options.ts';
import { originOf, printEdges, proveHere } from './prove.ts';

interface RootOptions extends CommonOptions, StatementOptions {
  from: string[];
  shape?: string;
  layers?: string[];
  orientation?: Orientation;
  data?: string;
  logits?: number;
  run?: string;
}

/** What a root run was started with. */
interface RootInputs {
  [key: string]: Json;
  from: { file: string; fileSha256: string }[];
  shape: string | null;
  layers: string[] | null;
  orientation: Orientation | null;
  data: { file: string; fileSha256: string } | null;
  logits: number | null;
}

/** What the quantisation did. */
interface RootOutcome {
  [key: string]: Json;
  shape: string;
  /** SHA-256 that the root declares. */
  source: string;
  tensors: { tensor: string; from: string | null; entries: number; max: number; rms: number; largest: number }[];
  /** Tensors that --layers left out, or that no node of an ONNX graph reads. */
  unused: string[];
  /** Operators that an ONNX graph has after its last layer, which change no decision between classes. */
  leftOut: string[];
  /** Factors of the layers, which --data found. */
  factors: number[] | null;
  /** Float and fixed-point outputs on the rows of --data; `same` counts rows of classes with the same answer. */
  onData: { rows: number; max: number; rms: number; same: number | null } | null;
}

export function addRootCommand(program: Command): void {
  withCommon(withStatement(program.command('root')))
    .description('import a float model as a declared root: quantise it and, with --registry, prove its ranges')
    .requiredOption(
      '--from <files...>',
      'safetensors file of a ReLU network, or its index and all files; or an ONNX model',
    )
    .option('--shape <widths>', 'widths that the model must have, such as 49-32-10')
    .option('--layers <names...>', 'safetensors: tensors of each layer, first to last: weight or weight,bias')
    .addOption(
      new Option('--orientation <order>', 'safetensors: of the weights, where the names do not say').choices([
        'out-in',
        'in-out',
      ]),
    )
    .option('--data <shard>', 'shard file: scale the layers to its rows and show the error on them')
    .option('--logits <number>', 'with --data: largest output of classes, at most 8 (default); 1 suits training', real)
    .option('--run <name>', 'name of the run folder (default: made of the inputs)')
    .action(async (options: RootOptions) => {
      const output = outputOf(options);
      const origin = options.registry === undefined ? undefined : await originOf(options);
      const inputs = inputsOf(options);
      const name = options.run ?? `root-${inputs.from[0].fileSha256.slice(0, 8)}`;
      const run = Run.start(runFolder(options.runs, name), 'root', inputs);
      try {
        const outcome = await rootRun(run, inputs, output);
        const model = run.file('root', 'model');
        if (origin !== undefined) {
          output.note(describeRoot(outcome));
          printEdges(run, await proveHere(run, origin, output), output, { model, ...outcome }, nextOptions(options));
          return;
        }
        const lines = [`weights  ${model}`, `next     ${commandLine('prove', run.folder, '--registry', '<address>')}`];
        output.result({ run: run.folder, model, ...outcome }, [describeRoot(outcome), ...lines].join('\n'));
      } finally {
        run.close();
      }
    });
}

function inputsOf({ from, shape, layers, orientation, data, logits }: RootOptions): RootInputs {
  if (logits !== undefined && data === undefined) {
    throw new InputError('--logits scales the outputs on the rows of --data.', { hint: 'Give --data too.' });
  }
  return {
    from: from.map((file) => fileHash('file', file)),
    shape: shape === undefined ? null : parseWidths(shape).join('-'),
    layers: layers ?? null,
    orientation: orientation ?? null,
    data: data === undefined ? null : fileHash('file', data),
    logits: logits ?? null,
  };
}

/** Stage `root` of a run: quantised weights with a fresh salt. */
function rootRun(run: Run, inputs: RootInputs, output: Output): Promise<RootOutcome> {
  return run.stage('root', async (put) => {
    output.progress.stage('read and quantise');
    const imported = readFloats(inputs);
    const shape = modelLabel(imported.model);
    if (inputs.shape !== null && inputs.shape !== shape) {
      throw new InputError(`The model is ${shape}, not ${inputs.shape}.`);
    }
    rootCapacity(imported.model.widths);
    const shard = inputs.data && readShardFile(inputs.data.file, inputs.data.fileSha256);
    if (shard?.kind === 'regression' && imported.leftOut.length > 0) {
      throw new InputError(`The model ends with ${imported.leftOut[0]}; the rows of --data are a regression.`, {
        hint: 'Without it the outputs are other numbers: give rows of classes.',
      });
    }
    const fitted = shard && fit(imported.model, shard, inputs.logits);
    const model = fitted?.model ?? imported.model;
    const { weights, errors } = quantiseModel(model, randomElement());
    const onData = shard && compare(model, weights, shard);
    put('model', 'model.safetensors', writeWeights(weights));
    output.progress.done();
    const names = imported.mapping.flatMap(({ weight, bias }) => [weight, bias ?? null]);
    return {
      shape,
      source: imported.sha256,
      tensors: errors.map((error, k) => ({ ...error, from: names[k] })),
      unused: imported.unused,
      leftOut: imported.leftOut,
      factors: fitted?.factors ?? null,
      onData,
    };
  });
}

function readFloats({ from, layers, orientation }: RootInputs): ImportedModel {
  const mapping = { ...(layers && { layers: layers.map(parseLayer) }), ...(orientation && { orientation }) };
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
  return fitToRanges(model, featuresOf(shard), { kind: shard.kind, ...(logits !== null && { logits }) });
}

function requireFit({ widths }: FloatModel, { inputs, outputs }: Shard): void {
  const [first, last] = [widths[0], widths[widths.length - 1]];
  if (first === inputs && last === outputs) return;
  throw new InputError(`The model is ${first} to ${last}; the rows of --data are ${inputs} to ${outputs}.`);
}

/** Rows of a shard as they are committed, row-major. */
function featuresOf({ inputs, rows, X }: Shard): Float64Array {
  const sigma = ceilLog2(rows);
  return Float64Array.from(
    { length: rows * inputs },
    (_, k) => X[((k % inputs) << sigma) + Math.floor(k / inputs)] / 2 ** ACTIVATION_BITS,
  );
}

/** How far the exact integer arithmetic of the proofs is from floats. */
function compare(model: FloatModel, weights: Weights, shard: Shard): NonNullable<RootOutcome['onData']> {
  const { rows, outputs, kind } = shard;
  const floats = floatForward(model, featuresOf(shard));
  const { Q } = forwardTrace(weights, shard).trace.output;
  const sigma = ceilLog2(rows);
  let [max, squares, same] = [0, 0, 0];
  for (let s = 0; s < rows; s++) {
    const expected = Array.from(floats.subarray(s * outputs, (s + 1) * outputs));
    const found = expected.map((_, i) => (Q[(i << sigma) + s] - SIGNED_LIMIT) / 2 ** ACTIVATION_BITS);
    expected.forEach((x, i) => {
      max = Math.max(max, Math.abs(x - found[i]));
      squares += (x - found[i]) ** 2;
    });
    if (largestOf(expected) === largestOf(found)) same++;
  }
  return { rows, max, rms: Math.sqrt(squares / (rows * outputs)), same: kind === 'classes' ? same : null };
}

function largestOf(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}

function describeRoot({ shape, source, tensors, leftOut, factors, onData }: RootOutcome): string {
  const table = tensors.map(({ tensor, from, largest, max }) => [
    tensor,
    from ?? 'absent: 0',
    `largest ${largest.toPrecision(3)}`,
    `error at most ${max.toExponential(1)}`,
  ]);
  const answers = onData === null || onData.same === null ? '' : `, same answer on ${onData.same}`;
  return [
    `Imported ${shape} from ${source}. That it comes from there is declared, not proved.`,
    alignColumns(table),
    ...(leftOut.length === 0 ? [] : [`left out ${leftOut.join(', ')} at the end: no decision between classes changes`]),
    ...(factors === null ? [] : [`scaled   layers by ${factors.join(', ')}`]),
    ...(onData === null
      ? []
      : [`on data  ${onData.rows} rows: outputs differ by at most ${onData.max.toPrecision(3)}${answers}`]),
  ].join('\n');
}

function real(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InputError(`${JSON.stringify(text)} is not a number.`);
  return value;
}
