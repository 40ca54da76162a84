/** The lists of a program's description (circuits/programs/<program>.json) with their numbers. */

/** A name of a list: a number for itself, or one for each layer (or parent) from..to. */
interface Single {
  name: string;
  is?: string;
  for?: [number, number];
  /** of points made of squares: how many coordinates it takes */
  count?: number;
}
/** Several names, all of one layer before those of the next. */
interface LayerByLayer {
  for: [number, number];
  each: Single[];
}
/** All names of another list, with their numbers. It comes first. */
interface Inherited {
  all: string;
}
type Entry = Single | LayerByLayer | Inherited;

export interface Description {
  program: string;
  /** of its functions in circom, where another program includes its circuit; else none */
  prefix?: string;
  public: Single[];
  oracles: Entry[];
  squares: Single[];
  trace: Entry[];
  helper: Entry[];
  sums?: Entry[];
  relations: Entry[];
  evaluations: Entry[];
  sums2?: Entry[];
  relations2?: Entry[];
  evaluations2?: Entry[];
  claims: Entry[];
}

export interface SharedDescription {
  outputs: Entry[];
  digests: Single[];
  nonces: Single[];
  model: Entry[];
  shard: Entry[];
  network: Entry[];
}

/** A name with its numbers: first + step * (l - range[0]) for l in the range, or first alone. */
export interface Member {
  name: string;
  is?: string;
  first: number;
  step: number;
  range?: readonly [number, number];
  /** how many numbers one member takes: coordinates of a point, else 1 */
  size: number;
  /** the list it comes from, where that is another */
  inherited?: string;
}

export interface NumberedList {
  /** key in TypeScript */
  key: string;
  title: string;
  /** prefix of its functions in circom; none where circuits need no numbers */
  prefix?: string;
  /** what a number of it is in TypeScript: of the list, and of those that begin with it */
  kinds: string[];
  count: number;
  /** names in order, members of layers as name_l */
  names: string[];
  members: Member[];
  /** of slots that the prover places: words of the layout */
  words?: number;
  /** whether a member is a range of numbers */
  ranges?: boolean;
}

/** Offsets of slots in a word of the layout (protocol section 3). */
const SLOTS_A_WORD = 9;
const RESERVED = ['count', 'names', 'COUNT', 'WORDS'];

interface ListKind {
  key: string;
  title: string;
  prefix?: string;
  kind: string;
}

const PROGRAM_LISTS: readonly ListKind[] = [
  { key: 'signals', title: 'signals, folded into c and v', kind: 'signal' },
  { key: 'oracles', title: 'oracles in opening order', prefix: 'O', kind: 'oracle' },
  { key: 'squares', title: 'squares of x', prefix: 'Q', kind: 'square' },
  { key: 'trace', title: 'slots of the trace', prefix: 'T', kind: 'traceSlot' },
  { key: 'helper', title: 'slots of the helper', prefix: 'H', kind: 'helperSlot' },
  { key: 'sums', title: 'sums', prefix: 'S', kind: 'sum' },
  { key: 'relations', title: 'relations of batch 1', prefix: 'R', kind: 'relation' },
  { key: 'evaluations', title: 'evaluations (evals1)', prefix: 'E', kind: 'evaluation' },
  { key: 'sums2', title: 'sums sent after batch 1 (sums2)', prefix: 'S2', kind: 'sum2' },
  { key: 'relations2', title: 'relations of batch 2', prefix: 'R2', kind: 'relation2' },
  { key: 'evaluations2', title: 'evaluations (evals2)', prefix: 'E2', kind: 'evaluation2' },
  { key: 'claims', title: 'claims', prefix: 'C', kind: 'claim' },
];

const SHARED_LISTS: readonly ListKind[] = [
  { key: 'outputs', title: 'outputs of every circuit', kind: 'output' },
  { key: 'digests', title: 'digests h_k', prefix: 'DIGEST', kind: 'digest' },
  { key: 'nonces', title: 'nonces', prefix: 'NONCE', kind: 'nonce' },
  { key: 'model', title: 'slots of a model', prefix: 'MODEL', kind: 'modelSlot' },
  { key: 'shard', title: 'slots of a shard', prefix: 'SHARD', kind: 'shardSlot' },
  { key: 'network', title: 'slots of a convolutional model', prefix: 'NETWORK', kind: 'networkSlot' },
];

/** The lists that all programs share. */
export function sharedLists(shared: SharedDescription): NumberedList[] {
  return SHARED_LISTS.map((kind) => numbered(kind, shared[kind.key as keyof SharedDescription], []));
}

/** The lists of a program. @throws Error for a name that is there twice or a list that begins with none */
export function listsOf(description: Description, shared: readonly NumberedList[]): NumberedList[] {
  const signals: Entry[] = [
    ...shared[0].members.map(({ name, range }) => ({ name, for: range && ([...range] as [number, number]) })),
    { name: 'h', for: [0, shared[1].count - 1] },
    ...description.public,
  ];
  const done: NumberedList[] = [];
  for (const kind of PROGRAM_LISTS) {
    const entries =
      kind.key === 'signals' ? signals : description[kind.key as Exclude<keyof Description, 'program' | 'prefix'>];
    const prefix = kind.prefix && `${description.prefix ?? ''}${kind.prefix}`;
    if (entries) done.push(numbered({ ...kind, prefix }, entries, done));
  }
  return done;
}

function numbered(
  { key, title, prefix, kind }: ListKind,
  entries: readonly Entry[],
  before: NumberedList[],
): NumberedList {
  const list: NumberedList = { key, title, prefix, kinds: [kind], count: 0, names: [], members: [] };
  for (const entry of entries) {
    if ('all' in entry) inherit(list, entry.all, before);
    else if ('each' in entry) addLayers(list, entry.for, entry.each);
    else if (entry.for) addLayers(list, entry.for, [entry]);
    else addOne(list, entry);
  }
  const known = new Set<string>(RESERVED);
  for (const { name } of list.members) {
    if (known.has(name)) throw new Error(`the list ${key} cannot have the name ${name} here`);
    known.add(name);
  }
  if (key === 'trace' || key === 'helper') list.words = Math.ceil(list.count / SLOTS_A_WORD);
  if (key === 'squares') list.ranges = true;
  return list;
}

function inherit(list: NumberedList, key: string, before: NumberedList[]): void {
  const from = before.find((other) => other.key === key);
  if (!from || list.count > 0) throw new Error(`the list ${list.key} cannot begin with ${key}`);
  from.kinds.push(list.kinds[0]);
  list.count = from.count;
  list.names.push(...from.names);
  list.members.push(...from.members.map((m) => ({ ...m, inherited: from.title })));
}

function addOne(list: NumberedList, { name, is, count: size = 1 }: Single): void {
  list.members.push({ name, is, first: list.count, step: size, size });
  list.names.push(name);
  list.count += size;
}

function addLayers(list: NumberedList, range: readonly [number, number], each: readonly Single[]): void {
  const step = each.length;
  const layers = Array.from({ length: range[1] - range[0] + 1 }, (_, i) => range[0] + i);
  each.forEach(({ name, is }, i) => {
    list.members.push({ name, is, first: list.count + i, step, range, size: 1 });
  });
  list.names.push(...layers.flatMap((l) => each.map(({ name }) => `${name}_${l}`)));
  list.count += step * layers.length;
}
