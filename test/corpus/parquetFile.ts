/** Makers of Parquet files that say whatever a test wants them to say, right or wrong. */

/** A value of Thrift's compact protocol: integers, texts, lists of one type, structures by field; bytes go in as they are. */
export type Thrift = number | string | boolean | Thrift[] | Uint8Array | { [id: number]: Thrift };

const utf8 = (text: string) => [...new TextEncoder().encode(text)];

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return [...bytes, value];
}

function codeOf(value: Thrift): number {
  if (typeof value === 'number') return Math.abs(value) < 2 ** 31 ? 5 : 6;
  if (typeof value === 'string') return 8;
  if (typeof value === 'boolean') return value ? 1 : 2;
  return Array.isArray(value) ? 9 : 12;
}

/** The value in bytes. */
export function thrift(value: Thrift): number[] {
  if (value instanceof Uint8Array) return [...value];
  if (typeof value === 'number') return varint(value < 0 ? -2 * value - 1 : 2 * value);
  if (typeof value === 'string') return [...varint(utf8(value).length), ...utf8(value)];
  if (typeof value === 'boolean') return [];
  if (Array.isArray(value)) {
    return [0xf0 + codeOf(value[0] ?? 0), ...varint(value.length), ...value.flatMap(thrift)];
  }
  return [
    ...Object.entries(value).flatMap(([id, field]) => [codeOf(field), ...varint(2 * Number(id)), ...thrift(field)]),
    0,
  ];
}

/** A file of these row groups and this footer. */
export function parquet(body: ArrayLike<number>, footer: Thrift, length?: number): Uint8Array {
  const end = footer instanceof Uint8Array ? footer : thrift(footer);
  const bytes = new Uint8Array(4 + body.length + end.length + 8);
  bytes.set(utf8('PAR1'));
  bytes.set(body, 4);
  bytes.set(end, 4 + body.length);
  new DataView(bytes.buffer).setUint32(bytes.length - 8, length ?? end.length, true);
  bytes.set(utf8('PAR1'), bytes.length - 4);
  return bytes;
}

/** A page: its header by fields, and its bytes. */
export function page(header: { [id: number]: Thrift }, data: ArrayLike<number>): number[] {
  return [...thrift({ 1: 0, 2: data.length, 3: data.length, ...header }), ...Array.from(data)];
}

/** Header fields of a data page of this many values in this encoding (0: plain). */
export function values(count: number, encoding = 0): { [id: number]: Thrift } {
  return { 1: 0, 5: { 1: count, 2: encoding, 3: 3, 4: 3 } };
}

export const int32s = (numbers: number[]) => new Uint8Array(Int32Array.from(numbers).buffer);

export interface TableSpec {
  /** Rows that the footer claims. */
  rows?: number;
  /** Fields of the schema's element, over those of a required INT32 called `a`. */
  element?: { [id: number]: Thrift };
  /** Pages of `a`. */
  pages?: ArrayLike<number>;
  /** Fields of the metadata of the chunk of `a`. */
  chunk?: { [id: number]: Thrift };
  /** Fields of the chunk of `a`. */
  outer?: { [id: number]: Thrift };
  /** Fields of the footer. */
  footer?: { [id: number]: Thrift };
  /** Pages of `y`. */
  labels?: ArrayLike<number>;
}

/** A table of the columns `a` and `y`, by default of two rows, 32-bit integers without compression. */
export function parquetTable(spec: TableSpec = {}): Uint8Array {
  const { rows = 2, element, chunk, outer, footer } = spec;
  const pages = spec.pages ?? page(values(2), int32s([1, 2]));
  const labels = spec.labels ?? page(values(2), int32s([0, 1]));
  const body = new Uint8Array(pages.length + labels.length);
  body.set(pages);
  body.set(labels, pages.length);
  const details = (name: string, start: number, bytes: number) => {
    return { 1: 1, 2: [0], 3: [name], 4: 0, 5: rows, 6: bytes, 7: bytes, 9: start };
  };
  return parquet(body, {
    1: 2,
    2: [
      { 4: 'root', 5: 2 },
      { 1: 1, 3: 0, 4: 'a', ...element },
      { 1: 1, 3: 0, 4: 'y' },
    ],
    3: rows,
    4: [
      {
        1: [
          { 3: { ...details('a', 4, pages.length), ...chunk }, ...outer },
          { 3: details('y', 4 + pages.length, labels.length) },
        ],
        3: rows,
      },
    ],
    ...footer,
  });
}
