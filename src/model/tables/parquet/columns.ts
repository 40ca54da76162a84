import { FileFormatError } from '../../../errors/FileFormatError.ts';
import { show } from '../../json.ts';
import { damaged } from './damaged.ts';
import type { Element, Footer } from './footer.ts';

const NO_TREE = 'its columns are no tree';

/** A column as its user sees it: one value in each row, or one list of values. */
export interface Column {
  name: string;
  /** The values; undefined where a row holds more than a value or a list of values. */
  leaf: Element | undefined;
  isList: boolean;
  /** How many of the levels above a value may be absent: a value is there when its level is this. */
  depth: number;
  /** Position of its first chunk in every row group. */
  first: number;
}

/** What a value is made into. */
export type Kind = 'number' | 'integer' | 'text';

/** The columns of a file. @throws FileFormatError when they are no tree, or row groups lack chunks of them */
export function columnsOf({ elements, groups }: Footer): Column[] {
  const columns: Column[] = [];
  let first = 0;
  let at = 1;
  for (let k = 0; k < (elements[0]?.children ?? 0); k++) {
    const start = at;
    for (let open = 1; open > 0; open--) {
      const element = elements[at++];
      if (element === undefined || !(element.children >= 0)) throw damaged(NO_TREE);
      if (element.children === 0 && element.physical === undefined) throw damaged(NO_TREE);
      open += element.children;
    }
    const part = elements.slice(start, at);
    columns.push({ ...shapeOf(part), name: part[0].name, first });
    first += part.filter((element) => element.children === 0).length;
  }
  if (elements.length === 0 || at !== elements.length) throw damaged(NO_TREE);
  const odd = groups.findIndex((group) => group.chunks.length !== first);
  if (odd >= 0) {
    throw new FileFormatError(`Row group ${odd} has ${groups[odd].chunks.length} column chunks, not ${first}.`);
  }
  return columns;
}

/** What a column and all below it hold: a value, or a list in one of the three ways in which writers say so. */
function shapeOf(part: readonly Element[]): Pick<Column, 'leaf' | 'isList' | 'depth'> {
  const leaf = part[part.length - 1];
  const depth = part.filter((element) => element.repetition !== 'REQUIRED').length;
  const repeated = part.map((element) => element.repetition === 'REPEATED');
  const chain = part.every((element, k) => element.children === (k === part.length - 1 ? 0 : 1));
  const isList =
    (part.length === 1 && repeated[0]) ||
    (part[0].meaning === 'LIST' && (part.length === 2 || part.length === 3) && !repeated[0] && repeated[1]);
  const deeper = repeated.filter(Boolean).length > 1;
  if (!chain || deeper || (part.length > 1 && !isList)) return { leaf: undefined, isList: false, depth };
  return { leaf, isList, depth };
}

/** What a column holds, for a message. */
export function describeColumn({ leaf, isList }: Column): string {
  if (leaf === undefined) return 'structures or lists of lists';
  const what = leaf.meaning === 'UTF8' ? 'text' : `values of type ${leaf.meaning ?? leaf.physical}`;
  return isList ? `lists of ${what}` : what;
}

/** How the values of a column are read; undefined when they are not. */
export function kindOf({ leaf }: Column): Kind | undefined {
  if (leaf === undefined) return undefined;
  const { physical, meaning, length, scale } = leaf;
  const isInteger = physical === 'INT32' || physical === 'INT64';
  if (meaning === undefined) {
    if (isInteger || physical === 'BOOLEAN') return 'integer';
    return physical === 'FLOAT' || physical === 'DOUBLE' ? 'number' : undefined;
  }
  if (meaning === 'DECIMAL' && scale >= 0 && scale <= 22) {
    return isInteger || (physical === 'FIXED_LEN_BYTE_ARRAY' && length >= 1 && length <= 32) ? 'number' : undefined;
  }
  return physical === 'BYTE_ARRAY' && (meaning === 'UTF8' || meaning === 'ENUM') ? 'text' : undefined;
}

/** @throws FileFormatError naming a column that cannot be numbers */
export function requireNumbers(column: Column): void {
  const kind = kindOf(column);
  if (kind === 'number' || kind === 'integer') return;
  throw new FileFormatError(`Column ${show(column.name)} holds ${describeColumn(column)}, not numbers.`, {
    hint: 'Leave the column out, or code it as numbers.',
  });
}

/** @throws FileFormatError naming a column that cannot be labels */
export function requireLabels(column: Column): void {
  const kind = kindOf(column);
  if (!column.isList && (kind === 'integer' || kind === 'text')) return;
  throw new FileFormatError(
    `Column ${show(column.name)} holds ${describeColumn(column)}; labels are integers or text.`,
  );
}
