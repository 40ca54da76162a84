import { type Command, Option } from 'commander';
import { InputError } from '../../src/errors/InputError.ts';
import { inferRun } from '../actions/inferRun.ts';
import type { Predictions } from '../actions/predict.ts';
import { fileHash } from '../files/read.ts';
import type { InferInputs } from '../runs/programs/infer.ts';
import { proveHere } from '../runs/proveHere.ts';
import { Run } from '../runs/run.ts';
import { runFolder } from '../runs/runFolder.ts';
import { commandLine } from '../terminal/invocation.ts';
import { printable } from '../terminal/printable.ts';
import {
  type AheadOptions,
  type CommonOptions,
  type InferencesOptions,
  nextOptions,
  outputOf,
  withAhead,
  withCommon,
  withInferences,
  withRpc,
  withTrainer,
} from './options.ts';
import { toCsv } from './predict.ts';
import { inferContextOf, printEdges } from './prove.ts';

interface InferOptions extends AheadOptions, CommonOptions, InferencesOptions {
  rows: string;
  hideInput?: boolean;
  hideOutput?: boolean;
  ignore: string[];
  member?: string;
  run?: string;
}

const HELP = `
One proof shows what the model gives on 1 to 4,096 rows. Rows of a table are public, or with --hide-input committed: then the
proof shows that they are in range, and nothing else of them. Rows of a shard file are those of a registered shard, and stay
hidden. Outputs are public, or with --hide-output committed. 'descent submit' sends the proof; a contract can also check
it in its own call.`;

export function addInferCommand(program: Command): void {
  withAhead(withCommon(withTrainer(withInferences(withRpc(program.command('infer'))))))
    .description('tell what a model says of rows and, with --inferences, prove it')
    .argument('<model>', 'weights file (model.safetensors)')
    .requiredOption('--rows <file>', 'a table (.csv, .tsv, .npy, .npz, .parquet or .idx) or a shard file')
    .option('--hide-input', 'a table: commit to the rows instead of making them public')
    .option('--hide-output', 'commit to the outputs instead of making them public')
    .addOption(
      new Option('--ignore <columns...>', 'CSV, for a model without a schema: columns to leave out').default(
        [],
        'none',
      ),
    )
    .option('--member <name>', 'npz: which array')
    .option('--run <name>', 'name of the run folder (default: made of the inputs)')
    .addHelpText('after', HELP)
    .action(async (model: string, options: InferOptions) => {
      const output = outputOf(options);
      const context = options.inferences === undefined ? undefined : await inferContextOf(options);
      const inputs = inputsOf(model, options);
      const kind = `${inputs.inputs === 'committed' ? '-hidden' : ''}${inputs.outputs === 'committed' ? '-sealed' : ''}`;
      const own = `infer-${inputs.modelSha256.slice(0, 8)}-${inputs.rowsSha256.slice(0, 8)}${kind}`;
      const run = Run.start(runFolder(options.runs, options.run ?? own), 'infer', inputs);
      try {
        const outcome = await inferRun(run, inputs, output);
        for (const note of outcome.predictions.notes) output.note(note);
        const text = told(outcome.predictions);
        if (context !== undefined) {
          output.note(text);
          printEdges(run, await proveHere(run, context, output, options), output, { ...outcome }, nextOptions(options));
          return;
        }
        const next = `next     ${commandLine('prove', run.folder, '--inferences', '<address>')}`;
        output.result({ run: run.folder, ...outcome }, `${text}\n${next}`);
      } finally {
        run.close();
      }
    });
}

/** What the options say of the rows. @throws InputError where a shard is to be hidden, or read as a table */
function inputsOf(model: string, options: InferOptions): InferInputs {
  const { rows, hideInput, hideOutput, ignore, member } = options;
  const isShard = rows.endsWith('.safetensors');
  if (isShard && (hideInput || ignore.length > 0 || member !== undefined)) {
    throw new InputError('--hide-input, --ignore and --member are for tables.', {
      hint: 'The rows of a registered shard are never public.',
    });
  }
  return {
    ...fileHash('model', model),
    ...fileHash('rows', rows),
    inputs: isShard ? 'shard' : hideInput ? 'committed' : 'public',
    outputs: hideOutput ? 'committed' : 'public',
    ...(ignore.length > 0 && { ignore: ignore.join('\n') }),
    ...(member !== undefined && { member }),
  };
}

/** What the rows say, as a terminal can show it: names in a schema are those of a stranger. */
function told(predictions: Predictions): string {
  return toCsv(predictions, true).split('\n').map(printable).join('\n');
}
