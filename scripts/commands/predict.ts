import { type Command, Option } from 'commander';
import Papa from 'papaparse';
import { type Predictions, predict } from '../actions/predict.ts';
import { readRows } from '../actions/readRows.ts';
import { readWeightsFile } from '../files/models.ts';
import { printable } from '../terminal/printable.ts';
import { type CommonOptions, outputOf, withCommon } from './options.ts';

interface PredictOptions extends CommonOptions {
  ignore: string[];
  member?: string;
  logits?: boolean;
}

const HELP = `
The outputs are computed in the exact integers of the proofs; that they are those of a registered model is not proved
here. Probabilities are multiples of 1/2048, as a training computes them. Columns are taken by the names in the model's
schema, and scaled by it; targets come out in original units. A model without a schema takes the features as they are.
Rows count from 0.`;

export function addPredictCommand(program: Command): void {
  withCommon(program.command('predict'))
    .description('tell what a model says of the rows of a table, as CSV (or JSON with --json)')
    .argument('<model>', 'weights file (model.safetensors)')
    .argument('<table>', 'rows: .csv, .tsv, .npy, .npz, .parquet or .idx')
    .option('--logits', 'classes and labels: tell the outputs of the last layer too')
    .addOption(
      new Option('--ignore <columns...>', 'CSV, for a model without a schema: columns to leave out').default(
        [],
        'none',
      ),
    )
    .option('--member <name>', 'npz: which array')
    .addHelpText('after', HELP)
    .action(async (model: string, table: string, options: PredictOptions) => {
      const output = outputOf(options);
      const weights = readWeightsFile(model);
      const { ignore, member } = options;
      const rows = await readRows(table, weights.schema, { ignore, ...(member !== undefined && { member }) });
      const made = predict(weights, rows);
      for (const note of made.notes) output.note(note);
      for (const warning of made.warnings) output.warn(warning);
      const csv = toCsv(made, options.logits === true);
      // Names in a schema are those of a stranger: a file gets them as they are, a terminal what it can show.
      output.result(made, process.stdout.isTTY ? csv.split('\n').map(printable).join('\n') : csv);
    });
}

/** One line for each row; cells are empty where a row lacks a value. */
export function toCsv({ kind, head, names, rows }: Predictions, logits: boolean): string {
  const [isClasses, isLabels] = [kind === 'classes', kind === 'labels'];
  const hasLogits = isClasses || isLabels || head !== 'squared error';
  const told = !hasLogits || logits;
  const hasProbabilities = head !== 'squared error';
  const fields = [
    'row',
    ...(isClasses ? ['class'] : []),
    ...(isLabels ? names : []),
    ...(hasProbabilities ? names.map((name) => `probability ${name}`) : []),
    ...(told ? names.map((name) => (hasLogits ? `logit ${name}` : name)) : []),
  ];
  const nothing = names.map(() => '');
  const data = rows.map(({ row, class: name, labels, probabilities, outputs }) => [
    row,
    ...(isClasses ? [name ?? ''] : []),
    ...(isLabels ? (labels === null ? nothing : names.map((one) => (labels.includes(one) ? 1 : 0))) : []),
    ...(hasProbabilities ? (probabilities?.map((p) => Number(p.toFixed(5))) ?? nothing) : []),
    ...(told ? (outputs ?? nothing) : []),
  ]);
  return Papa.unparse({ fields, data }, { newline: '\n' });
}
