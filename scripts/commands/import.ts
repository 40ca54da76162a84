import { type Command, Option } from 'commander';
import { InputError } from '../../src/errors/InputError.ts';
import { formatShape, parseShape } from '../../src/model/anyShape.ts';
import type { Orientation } from '../../src/model/import/mapping.ts';
import type { NormPlace } from '../../src/model/import/norm.ts';
import { formatNetwork, parseNetwork } from '../../src/model/network.ts';
import { headOfWord } from '../../src/model/smoothing.ts';
import { describeImport } from '../actions/describeImport.ts';
import { type ImportInputs, importRun } from '../actions/importRun.ts';
import { fileHash } from '../files/read.ts';
import { proveHere } from '../runs/proveHere.ts';
import { Run } from '../runs/run.ts';
import { runFolder } from '../runs/runFolder.ts';
import { commandLine } from '../terminal/invocation.ts';
import { printable } from '../terminal/printable.ts';
import {
  type CommonOptions,
  nextOptions,
  outputOf,
  type StatementOptions,
  withCommon,
  withHead,
  withStatement,
} from './options.ts';
import { contextOf, printEdges } from './prove.ts';

interface ImportOptions extends CommonOptions, StatementOptions {
  from: string[];
  shape?: string;
  architecture?: string;
  layers?: string[];
  orientation?: Orientation;
  batchNorm?: NormPlace;
  epsilon?: number;
  data?: string;
  logits?: number;
  head?: string;
  run?: string;
}

export function addImportCommand(program: Command): void {
  withImport(program.command('import'));
  // The command's former name: this version still takes it.
  withImport(
    program.command('root', { hidden: true }).hook('preAction', (_, command) => {
      outputOf(command.opts()).warn(
        'descent root is called descent import now. The next version knows it by that name alone.',
      );
    }),
  );
}

function withImport(command: Command): void {
  withHead(withCommon(withStatement(command)), ' (default: as an ONNX model ends, else squared-error)')
    .description('import a float model as a declared import: quantise it and, with --registry, prove its ranges')
    .requiredOption(
      '--from <files...>',
      'safetensors file of a ReLU network, or its index and all files; or an ONNX model',
    )
    .option('--shape <shape>', 'what the model must be, such as 49-32-10 or 28x28x1-c8k5s2p2-64-10')
    .option(
      '--architecture <network>',
      'safetensors of a convolutional network: what it is, such as 28x28x1-c8k5s2p2-a2-c16k3p1-64-10',
    )
    .option('--layers <names...>', 'safetensors: tensors of each layer, first to last: weight or weight,bias')
    .addOption(
      new Option('--orientation <order>', 'safetensors: of the weights, where the names do not say').choices([
        'out-in',
        'in-out',
      ]),
    )
    .addOption(
      new Option(
        '--batch-norm <place>',
        'safetensors: where batch normalisations stand, if their numbers do not say; none leaves them out',
      ).choices(['before-relu', 'after-relu', 'none']),
    )
    .option('--epsilon <number>', 'safetensors: of the batch normalisations (default: 1e-5, as in PyTorch)', real)
    .option('--data <shard>', 'shard file: scale the layers to its rows, compare with their answers, take their schema')
    .option(
      '--logits <number>',
      'with --data: largest output of classes, at most 32 (default: 8, or with softmax and sigmoid as it is); 1 suits training on squared error',
      real,
    )
    .option('--run <name>', 'name of the run folder (default: made of the inputs)')
    .action(async (options: ImportOptions) => {
      const output = outputOf(options);
      const context = options.registry === undefined ? undefined : await contextOf(options);
      const inputs = inputsOf(options);
      const name = options.run ?? `import-${inputs.from[0].fileSha256.slice(0, 8)}`;
      const run = Run.start(runFolder(options.runs, name), 'import', inputs);
      try {
        const outcome = await importRun(run, inputs, output);
        const model = run.file('import', 'model');
        if (context !== undefined) {
          output.note(describeImport(outcome));
          for (const doubt of outcome.doubts) output.warn(printable(doubt));
          printEdges(run, await proveHere(run, context, output), output, { model, ...outcome }, nextOptions(options));
          return;
        }
        for (const doubt of outcome.doubts) output.warn(printable(doubt));
        const lines = [`weights  ${model}`, `next     ${commandLine('prove', run.folder, '--registry', '<address>')}`];
        output.result({ run: run.folder, model, ...outcome }, [describeImport(outcome), ...lines].join('\n'));
      } finally {
        run.close();
      }
    });
}

function inputsOf(options: ImportOptions): ImportInputs {
  const { from, shape, architecture, layers, orientation, batchNorm, epsilon, data, logits, head } = options;
  if (epsilon !== undefined && !(epsilon >= 0)) throw new InputError(`An epsilon is not negative, as ${epsilon} is.`);
  if (logits !== undefined && data === undefined) {
    throw new InputError('--logits scales the outputs on the rows of --data.', { hint: 'Give --data too.' });
  }
  return {
    from: from.map((file) => fileHash('file', file)),
    shape: shape === undefined ? null : formatShape(parseShape(shape, 'squared error')),
    ...(architecture !== undefined && {
      architecture: formatNetwork(parseNetwork(architecture, 'squared error')),
    }),
    layers: layers ?? null,
    orientation: orientation ?? null,
    batchNorm: batchNorm ?? null,
    epsilon: epsilon ?? null,
    data: data === undefined ? null : fileHash('file', data),
    logits: logits ?? null,
    head: head === undefined ? null : headOfWord(head),
  };
}

function real(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InputError(`${JSON.stringify(text)} is not a number.`);
  return value;
}
