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
  /** A structure of the bytes and the path of a file, as the Hugging Face hub writes images. */
  isFile: boolean;
  /** The root, and all that lies above the values and below it. */
  path: Element[];
  /** How many of the levels above a value may be absent: a value is there when its level is this. */
  depth: number;
  /** Position of its chunk in every row group. */
  chunk: number;
}

/** What a value is made into. */
export type Kind = 'number' | 'integer' | 'text' | 'image';

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
      if (element.children === 0 && element.raw.type === undefined) throw damaged(NO_TREE);
      open += element.children;
    }
    columns.push(columnOf(elements[0], elements.slice(start, at), first));
    first += elements.slice(start, at).filter((element) => element.children === 0).length;
  }
  if (elements.length === 0 || at !== elements.length) throw damaged(NO_TREE);
  const odd = groups.findIndex((group) => group.chunks.length !== first);
  if (odd >= 0) {
    throw new FileFormatError(`Row group ${odd} has ${groups[odd].chunks.length} column chunks, not ${first}.`);
  }
  return columns;
}

/** A column of this element and all below it. */
function columnOf(root: Element, part: readonly Element[], first: number): Column {
  const bytes = bytesOfFile(part);
  const isList = bytes < 0 && holdsList(part);
  const path = bytes < 0 ? [...part] : [part[0], part[bytes]];
  const leaf = part.length === 1 || isList || bytes >= 0 ? path[path.length - 1] : undefined;
  return {
    name: part[0].name,
    leaf,
    isList,
    isFile: bytes >= 0,
    path: [root, ...path],
    depth: path.filter((element) => element.repetition !== 'REQUIRED').length,
    chunk: first + Math.max(0, bytes - 1),
  };
}

/** Whether a column is a list of values, in one of the three ways in which writers say so. */
function holdsList(part: readonly Element[]): boolean {
  const repeated = part.map((element) => element.repetition === 'REPEATED');
  const chain = part.every((element, k) => element.children === (k === part.length - 1 ? 0 : 1));
  if (!chain || repeated.filter(Boolean).length !== 1) return false;
  if (part.length === 1) return true;
  return part[0].meaning === 'LIST' && (part.length === 2 || part.length === 3) && repeated[1];
}

/** Position of the bytes in a structure { bytes, path }, or -1. */
function bytesOfFile(part: readonly Element[]): number {
  if (part.length !== 3 || part[0].children !== 2 || part[0].meaning !== undefined) return -1;
  if (part.some((element) => element.repetition === 'REPEATED')) return -1;
  const names = part.slice(1).map(({ name }) => name);
  return names.toSorted().join() === 'bytes,path' ? 1 + names.indexOf('bytes') : -1;
}

/** What a column holds, for a message. */
export function describeColumn({ leaf, isList }: Column): string {
  if (leaf === undefined) return 'structures or lists of lists';
  const what = leaf.meaning === 'UTF8' ? 'text' : `values of type ${leaf.meaning ?? leaf.raw.type}`;
  return isList ? `lists of ${what}` : what;
}

/** How the values of a column are read; undefined when they are not. */
export function kindOf({ leaf, isList }: Column): Kind | undefined {
  if (leaf === undefined) return undefined;
  const { raw, meaning } = leaf;
  const { type, type_length: length = 0, scale = 0 } = raw;
  const isInteger = type === 'INT32' || type === 'INT64';
  if (meaning === undefined) {
    if (isInteger || type === 'BOOLEAN') return 'integer';
    if (type === 'BYTE_ARRAY' && !isList) return 'image';
    return type === 'FLOAT' || type === 'DOUBLE' ? 'number' : undefined;
  }
  if (meaning === 'FLOAT16') return type === 'FIXED_LEN_BYTE_ARRAY' && length === 2 ? 'number' : undefined;
  if (meaning === 'DECIMAL' && scale >= 0 && scale <= 22) {
    return isInteger || (type === 'FIXED_LEN_BYTE_ARRAY' && length >= 1 && length <= 32) ? 'number' : undefined;
  }
  return type === 'BYTE_ARRAY' && (meaning === 'UTF8' || meaning === 'ENUM') ? 'text' : undefined;
}

/** @throws FileFormatError naming a column that cannot be numbers */
export function requireNumbers(column: Column): void {
  const kind = kindOf(column);
  if (kind !== undefined && kind !== 'text') return;
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
