import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { InputError } from '../../src/errors/InputError.ts';
import { headOf, shapeText } from '../../src/model/networkWeights.ts';
import { type ExportFormat, exportModel, lineageOf } from '../actions/exportModel.ts';
import { writeDurably } from '../files/durable.ts';
import { labelOf, readWeightsFile } from '../files/models.ts';
import { readInput, sha256 } from '../files/read.ts';
import { type ChainOptions, type CommonOptions, openRegistry, outputOf, withChain, withCommon } from './options.ts';

interface ExportOptions extends CommonOptions, ChainOptions {
  to: ExportFormat;
  out?: string;
  scaledFeatures?: boolean;
}

const NAMES: Record<ExportFormat, string> = {
  safetensors: 'model.float.safetensors',
  onnx: 'model.onnx',
  'torch-state': 'model.pt',
  keras: 'model.keras',
};

const HELP = `
The file holds weights in 32-bit floats, and no salt. Its metadata names the schema and, with --registry, the model's id
and its lineage as the registry has them. ONNX holds the scaling too, so it takes raw numbers, unless --scaled-features.
With a head of softmax or sigmoid its output is probabilities, beside the logits that they are made of. torch-state is for
torch.load and the load_state_dict of torch.nn.Sequential(Linear, ReLU, Linear, ..), which gives logits. keras is for
keras.saving.load_model of Keras 3; it takes scaled features, pictures with their channels last, and gives probabilities
where the head does.`;

export function addExportCommand(program: Command): void {
  withChain(withCommon(program.command('export')))
    .description('write a model as floats for other programs; this publishes its weights to whoever gets the file')
    .argument('<model>', 'weights file (model.safetensors)')
    .addOption(
      new Option('--to <format>', 'what to write')
        .choices(['safetensors', 'onnx', 'torch-state', 'keras'])
        .makeOptionMandatory(),
    )
    .option('--out <file>', 'where to (default: beside the model)')
    .option('--scaled-features', 'onnx: take features that were scaled already')
    .addHelpText('after', HELP)
    .action(async (model: string, options: ExportOptions) => {
      const output = outputOf(options);
      const weights = readWeightsFile(model);
      const file = resolve(options.out ?? join(dirname(model), NAMES[options.to]));
      requireFolder(dirname(file));
      const lineage = options.registry === undefined ? {} : await lineageOf(weights, await openRegistry(options));
      const { bytes, metadata, takes } = exportModel(weights, {
        format: options.to,
        scaled: options.scaledFeatures === true,
        lineage,
      });
      writeNew(file, bytes);
      const id = metadata['descent.model'];
      output.result(
        {
          file,
          format: options.to,
          sha256: `0x${sha256(bytes)}`,
          shape: shapeText(weights),
          head: headOf(weights),
          takes,
          metadata,
        },
        [
          `Wrote ${labelOf(weights)} as ${options.to}: ${file}`,
          `takes    ${takes}`,
          id === undefined
            ? 'lineage  not stated: --registry names the model and its ancestors'
            : `lineage  of ${id} in ${metadata['descent.registry']}`,
        ].join('\n'),
      );
    });
}

/** A name that was mistyped makes no folders. @throws InputError where there is no such folder */
function requireFolder(folder: string): void {
  if (existsSync(folder)) return;
  throw new InputError(`There is no folder ${folder}.`, { hint: 'Make it first, or name another file with --out.' });
}

/** @throws InputError for a file that is there and holds something else */
function writeNew(file: string, bytes: Uint8Array): void {
  if (existsSync(file)) {
    if (sha256(readInput(file)) === sha256(bytes)) return;
    throw new InputError(`${file} is there and holds something else.`, { hint: 'Name another file with --out.' });
  }
  writeDurably(file, bytes);
}
