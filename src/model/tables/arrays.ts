import { InputError } from '../../errors/InputError.ts';
import { pictureOfSizes, type RawPicture } from '../pictures.ts';
import type { ShardKind } from '../shape.ts';
import { MAX_COLUMNS } from '../transformFields.ts';
import { BlurWatch } from './blur.ts';
import type { NumericArray, TextArray } from './npy.ts';
import { classify, labelsOf, type RawTable } from './rawTable.ts';

const REGRESSION = 'For numbers to be predicted choose regression (--regression).';
const NO_NUMBERS = {
  regression: 'For labels leave regression out.',
  labels: 'Of one class a row leave --labels out.',
};

export interface ArrayOptions {
  kind: ShardKind;
  /** Classes of another table whose order is to be kept. */
  classes?: readonly string[];
}

/**
 * A table of two arrays, from npy or IDX files.
 * @param features rows by columns; further dimensions (images) are flattened
 * @param answers one integer or text a row, or targets or labels (0 or 1): one number or one list of numbers a row
 * NaN stands for a missing value, such a label becomes class -1.
 * @throws InputError when they do not fit together, or a value is infinite or beyond 32-bit floats
 */
export function tableFromArrays(
  features: NumericArray | TextArray,
  answers: NumericArray | TextArray,
  { kind, classes }: ArrayOptions,
): RawTable {
  if ('texts' in features) {
    throw new InputError('The features are texts, not numbers.', { hint: 'Code them as numbers, or use CSV.' });
  }
  const [rows = 0, ...inner] = features.dimensions;
  const inputs = inner.reduce((product, n) => product * n, 1);
  if (features.dimensions.length < 2 || rows < 1 || inputs < 1 || inputs > MAX_COLUMNS) {
    throw new InputError(`Features are an array of rows and columns, not [${features.dimensions}].`, {
      hint: features.dimensions.length === 1 ? 'For one feature a row, save x.reshape(-1, 1).' : '',
    });
  }
  const [answerRows = 0, outputs = 1, ...further] = answers.dimensions;
  if (answerRows !== rows) throw new InputError(`There are features for ${rows} rows and answers for ${answerRows}.`);
  if (outputs < 1 || further.length > 0 || (kind === 'classes' && outputs !== 1)) {
    const labels = kind === 'classes' && further.length === 0;
    throw new InputError(
      `The answers have shape [${answers.dimensions}]; ${labels ? 'classes are one number or text a row' : `${kind === 'labels' ? 'labels' : 'targets'} are a row of numbers each`}.`,
      labels
        ? {
            hint: `Of one-hot rows or probabilities save y.argmax(axis=1); any number of labels a row: --labels. ${REGRESSION}`,
          }
        : {},
    );
  }
  const warnings: string[] = [];
  const values = floats(features.data, inputs, 'Feature', warnings);
  const picture = arrayPicture(features);
  if (kind !== 'classes') {
    const what = kind === 'labels' ? 'labels' : 'targets';
    if ('texts' in answers) throw new InputError(`The ${what} are texts, not numbers.`, { hint: NO_NUMBERS[kind] });
    const targets = floats(answers.data, outputs, kind === 'labels' ? 'Label' : 'Target', warnings);
    const common = { inputs, outputs, features: values, ...picture, ...(warnings.length > 0 && { warnings }) };
    if (kind === 'regression') return { kind, ...common, targets };
    const names = Array.from({ length: outputs }, (_, i) => `${i}`);
    return { kind, ...common, labels: labelsOf(targets, names, (row) => `Row ${row}`) };
  }
  const found = new Map<string, number>();
  const indices = Int32Array.from({ length: rows }, (_, r) => {
    const text = labelOf(answers, r);
    if (text === undefined) return -1;
    if (!found.has(text)) found.set(text, found.size);
    return found.get(text)!;
  });
  const mapped = classify(found, indices, classes);
  const counted = { kind, inputs, outputs: mapped.classes.length };
  return { ...counted, features: values, ...picture, ...mapped, ...(warnings.length > 0 && { warnings }) };
}

/** What each row of an array of three or four dimensions is a picture of. */
export function arrayPicture({ dimensions }: NumericArray): { picture?: RawPicture } {
  const { length } = dimensions;
  return length === 3 || length === 4 ? { picture: pictureOfSizes(dimensions.slice(1)) } : {};
}

/** Undefined: the row has none. */
function labelOf(answers: NumericArray | TextArray, row: number): string | undefined {
  if ('texts' in answers) {
    const text = answers.texts[row].trim();
    return text === '' ? undefined : text;
  }
  const label = answers.data[row];
  if (Number.isNaN(label)) return undefined;
  if (!Number.isSafeInteger(label)) {
    throw new InputError(`The label of row ${row} is ${label}, not an integer.`, { hint: REGRESSION });
  }
  return `${label}`;
}

/** Rows of `width` numbers, rounded to 32 bits. */
function floats(
  data: ArrayLike<number>,
  width: number,
  what: 'Feature' | 'Target' | 'Label',
  warnings: string[],
): Float32Array {
  const out = Float32Array.from(data);
  const bad = out.findIndex((x) => !Number.isFinite(x) && !Number.isNaN(x));
  if (bad >= 0) {
    const why = Number.isFinite(data[bad]) ? 'too large for a 32-bit float' : 'not a finite number';
    throw new InputError(`${what} ${bad % width} of row ${Math.floor(bad / width)} is ${data[bad]}, ${why}.`);
  }
  const blur = new BlurWatch<number>();
  for (let k = 0; k < data.length; k++) blur.see(k % width, data[k]);
  const columns = Array.from({ length: width }, (_, j) => j);
  warnings.push(...blur.warnings(out, columns, (j) => `${what} ${j}`));
  return out;
}
