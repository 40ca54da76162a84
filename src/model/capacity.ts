import { CapacityError } from '../errors/CapacityError.ts';
import { InputError } from '../errors/InputError.ts';
import { ceilLog2 } from '../numbers/bits.ts';
import { ADDRESS_BITS, LIMB_BITS, MODEL_BITS, SHARD_ENTRY_BITS } from '../numbers/constants.ts';
import type { Head } from './head.ts';
import { layout, type SlotSize } from './layout.ts';
import { type Network, networkSlots } from './network.ts';
import { networkSides, presentLayers } from './networkWeights.ts';
import { type ModelShape, modelSlots, type ShardShape, shardLayout, shardSlots, widthBits } from './shape.ts';

/** What is said of a model of either kind. */
type AnyShape = ModelShape | Network;

/** log2 of the most entries of an oracle (protocol section 1). */
const LIMITS: Record<string, number> = { model: MODEL_BITS, shard: SHARD_ENTRY_BITS };

/** log2 of the size of each oracle of a program. */
export type Capacity = Record<string, number>;

/** What models of either kind are checked by: entries as log2. */
interface ModelSizes {
  head: Head;
  /** slots of the model's oracle */
  slots: SlotSize[];
  /** W of every layer, and b */
  matrices: number[];
  biases: number[];
  /** what a row has in each hidden layer, and in the output */
  hidden: number[];
  output: number;
  /** what an output of each layer reads, and behind each hidden layer what reads a channel of it */
  read: number[];
  reading: number[];
  /** places of every layer, and pixels that it reads; none of dense networks */
  places: number[];
  /** real features of a shard */
  sides: { inputs: number; outputs: number };
  /** what to lower, after "Lower" */
  hint: string;
}

function sizesOf(model: AnyShape): ModelSizes {
  if ('side' in model) {
    const [input, ...layers] = presentLayers(model);
    const slots = networkSlots(model);
    const kernels = layers.map(({ logs }) => 2 * logs.kernel);
    const channels = [input, ...layers].map(({ logs }) => logs.channels);
    const rows = layers.map(({ logs }) => logs.channels + 2 * logs.side);
    return {
      head: model.head,
      slots,
      matrices: slots.filter((_, i) => i % 2 === 0).map(({ log2 }) => log2),
      biases: layers.map(({ logs }) => logs.channels),
      hidden: rows.slice(0, -1),
      output: rows[rows.length - 1],
      read: kernels.map((bits, l) => bits + channels[l]),
      reading: kernels.slice(1).map((bits, l) => bits + channels[l + 2]),
      places: layers.flatMap(({ logs }) => [2 * logs.side, 2 * logs.read]),
      sides: networkSides(model),
      hint: 'the channels of the network',
    };
  }
  const { widths, head } = model;
  const a = widthBits(widths);
  return {
    head,
    slots: modelSlots(widths),
    matrices: a.slice(1).map((bits, l) => bits + a[l]),
    biases: a.slice(1),
    hidden: a.slice(1, -1),
    output: a[a.length - 1],
    read: a.slice(0, -1),
    reading: a.slice(2),
    places: [],
    sides: { inputs: widths[0], outputs: widths[widths.length - 1] },
    hint: 'the widths of the network',
  };
}

/**
 * Sizes of the oracles of one `train` edge: a network, `passes` over a shard of `rows` rows (design 11.9: checked before
 * training, not after).
 * @param batch rows of a step, where they are known: small ones make more steps than a prover's memory may hold
 * @returns log2 sizes of model, shard, trace, helper.
 * @throws CapacityError naming the first oracle that is too large and what to lower; InputError for too many steps
 */
export function trainCapacity(model: AnyShape, rows: number, passes = 1, batch?: number): Capacity {
  const { slots, sides, ...own } = sizesOf(model);
  const traceRows = ceilLog2(rows) + ceilLog2(passes);
  const hidden = own.hidden.map((bits) => bits + traceRows);
  const output = own.output + traceRows;
  const heads = HEAD_TENSORS[own.head];
  const fewer = `${passes > 1 ? 'Make fewer passes at once, use' : 'Use'} shards of fewer than ${rows} rows`;
  const hiddenHint = own.hint.replace('the widths of the network', 'the hidden widths');
  const sizes = check(
    {
      model: slots,
      shard: shardSlots({ ...sides, rows }),
      trace: [
        ...hidden.flatMap((k) => Array(9).fill(k)),
        ...Array(4 + heads.trace).fill(output),
        ...Array(heads.rows).fill(traceRows),
        ...Array(1 + heads.tables).fill(LIMB_BITS),
      ],
      helper: [
        ...hidden.flatMap((k) => [k, k]),
        ...Array(1 + heads.helper).fill(output),
        ...Array(1 + heads.tables).fill(LIMB_BITS),
      ],
    },
    {
      model: `Lower ${own.hint}.`,
      shard: `Use shards of fewer than ${rows} rows, or fewer inputs.`,
      trace: `${fewer}, or lower ${hiddenHint}.`,
      helper: `${fewer}, or lower ${hiddenHint}.`,
    },
  );
  if (batch !== undefined) {
    const advice = `Take more rows a step. ${fewer}, or lower ${own.hint}.`;
    requireMemory('training', trainElements(model, { rows, passes, batch }), advice);
  }
  return sizes;
}

/**
 * Tensors that a head has besides those of squared error: of the output in trace and helper, with an entry a row, of a table; and
 * vectors of the output that the prover's first sumcheck holds.
 */
const HEAD_TENSORS: Record<Head, { trace: number; helper: number; rows: number; tables: number; held: number }> = {
  'squared error': { trace: 0, helper: 0, rows: 0, tables: 0, held: 0 },
  softmax: { trace: 6, helper: 3, rows: 2, tables: 1, held: 20 },
  sigmoid: { trace: 1, helper: 1, rows: 0, tables: 1, held: 5 },
};

/** Vectors over places or pixels of a layer, and rows, that the prover of convTrain holds. */
const PLACE_VECTORS = 3;

/** Field elements of 32 bytes that the prover's kernels hold: 4 GiB. */
const MOST_ELEMENTS = 2 ** 27;

function requireMemory(what: string, elements: number, hint: string): void {
  if (elements <= MOST_ELEMENTS) return;
  const need = (elements / 2 ** 25).toFixed(1);
  throw new InputError(`The proof of this ${what} needs ${need} GiB of field elements; a prover holds 4.`, { hint });
}

/** How many field elements the prover of `train` holds at most at once, in its first sumcheck (src/programs/train/firstBatch.ts). */
export function trainElements(
  model: AnyShape,
  { rows, passes, batch }: { rows: number; passes: number; batch: number },
): number {
  const { head, read, reading, places, ...own } = sizesOf(model);
  const passBits = ceilLog2(passes);
  const traceRows = ceilLog2(rows) + passBits;
  const steps = traceRows - ceilLog2(batch);
  const of = (bits: number) => 2 ** bits;
  const [hidden, output] = [own.hidden.map((bits) => of(bits + traceRows)), of(own.output + traceRows)];
  // Over features and steps, forward of every layer and backward of every hidden one: gradients, and the rows of later steps.
  const overSteps = [...read, ...reading].reduce((sum, bits) => sum + 2 * of(bits + steps), 0);
  const ofOnePass = passes > 1 ? of(read[0] + steps - passBits) : 0;
  // Of every hidden layer: helpers and their copies, denominators of six limbs, eq, signs, what joins its relations, a temporary.
  const overRows = hidden.reduce((sum, entries) => sum + 14 * entries, 0) + (9 + HEAD_TENSORS[head].held) * output;
  const temporary = (9 / 8) * Math.max(...hidden, output);
  // Over the places of pictures, in both batches.
  const overPlaces = places.reduce((sum, bits) => sum + PLACE_VECTORS * of(bits + traceRows), 0);
  // Tables of limbs, and vectors over rows or features.
  const most = Math.max(traceRows, ...own.hidden, own.output, ...read);
  const small = 12 * (1 + HEAD_TENSORS[head].tables) * of(LIMB_BITS) + 16 * (read.length + 1) * of(most);
  return overSteps + ofOnePass + overRows + temporary + overPlaces + small;
}

/** Of widths, a shape with any head. */
function anyShape(shape: readonly number[] | AnyShape): AnyShape {
  return 'side' in shape || 'widths' in shape ? shape : { widths: shape, head: 'squared error' };
}

/** Sizes of the oracles of `seed`: model, trace, helper. @throws CapacityError */
export function seedCapacity(shape: readonly number[] | AnyShape): Capacity {
  const { slots, matrices, ...own } = sizesOf(anyShape(shape));
  const hint = `Lower ${own.hint}.`;
  return check(
    {
      model: slots,
      trace: [...matrices.flatMap((k) => Array(5).fill(k)), LIMB_BITS],
      helper: [...matrices.flatMap((k) => [k, k]), LIMB_BITS],
    },
    { model: hint, trace: hint, helper: hint },
  );
}

/** Sizes of the oracles of `data`: shard, trace, helper. @throws CapacityError */
export function dataCapacity(shape: ShardShape): Capacity {
  const { X, Y } = shardLayout(shape).slots;
  const hint = `Use shards of fewer than ${shape.rows} rows, or fewer inputs.`;
  return check(
    { shard: shardSlots(shape), trace: [LIMB_BITS], helper: [X.log2, Y.log2, LIMB_BITS] },
    { shard: hint, trace: hint, helper: hint },
  );
}

/** Sizes of the oracles of `import`: model, trace, helper. @throws CapacityError */
export function importCapacity(shape: readonly number[] | AnyShape): Capacity {
  return rangeCapacity(shape, 1);
}

/** Sizes of the oracles of `merge`: model (child and parents), trace, helper. @throws CapacityError */
export function mergeCapacity(shape: readonly number[] | AnyShape): Capacity {
  return rangeCapacity(shape, 2);
}

/** Vectors of one address each that a sparse merge has at most: in the trace of a task, in the trace besides, in the helper. */
const SPARSE_VECTORS = { task: 11, trace: 18, helper: 15 };
/** Vectors that the prover's sumcheck holds of each task, and besides (src/programs/sparse/relations.ts). */
const SPARSE_HELD = { task: 26, others: 40 };

/**
 * Sizes of the oracles of `sparseMerge`: model (child and parents), trace, helper.
 * @throws CapacityError; InputError where the proof takes more memory than a prover has
 */
export function sparseCapacity(shape: AnyShape, tasks: number): Capacity {
  const { slots, ...own } = sizesOf(shape);
  const { log2 } = layout(slots);
  const hint = `Lower ${own.hint}, or merge fewer models.`;
  const vectors = (count: number) => [...Array<number>(count).fill(log2), LIMB_BITS];
  const sizes = check(
    {
      model: slots,
      trace: vectors(tasks * SPARSE_VECTORS.task + SPARSE_VECTORS.trace),
      helper: vectors(SPARSE_VECTORS.helper),
    },
    { model: hint, trace: hint, helper: hint },
  );
  requireMemory('merge', (tasks * SPARSE_HELD.task + SPARSE_HELD.others) * 2 ** log2, hint);
  return sizes;
}

/** What import and merge share: two limbs of every weight in the trace, `inverses` of every weight in the helper. */
function rangeCapacity(shape: readonly number[] | AnyShape, inverses: number): Capacity {
  const { slots, matrices, biases, ...own } = sizesOf(anyShape(shape));
  const tensors = matrices.flatMap((bits, l) => [bits, biases[l]]);
  const hint = `Lower ${own.hint}.`;
  return check(
    {
      model: slots,
      trace: [...tensors.flatMap((k) => [k, k]), LIMB_BITS],
      helper: [...tensors.flatMap((k) => Array<number>(inverses).fill(k)), LIMB_BITS],
    },
    { model: hint, trace: hint, helper: hint },
  );
}

/**
 * Sizes of the oracles of `score`: model, shard, trace, helper.
 * @throws CapacityError; InputError where the proof takes more memory than a prover has
 */
export function scoreCapacity(model: AnyShape, rows: number): Capacity {
  const { slots, sides, ...sizesOfRow } = sizesOf(model);
  const sigma = ceilLog2(rows);
  const hidden = sizesOfRow.hidden.map((bits) => bits + sigma);
  const output = sizesOfRow.output + sigma;
  const own = SCORE_TENSORS[sizesOfRow.head];
  const fewer = `Use shards of fewer than ${rows} rows`;
  const hint = `${fewer}, or lower the hidden widths.`;
  const sizes = check(
    {
      model: slots,
      shard: shardSlots({ ...sides, rows }),
      trace: [
        ...hidden.flatMap((k) => Array<number>(5).fill(k)),
        ...Array<number>(7 + own.tables).fill(output),
        ...Array<number>(7 + own.rows).fill(sigma),
        ...Array<number>(1 + own.tables).fill(LIMB_BITS),
      ],
      helper: [
        ...hidden,
        ...Array<number>(2 + own.tables).fill(output),
        sigma,
        ...Array<number>(1 + own.tables).fill(LIMB_BITS),
      ],
    },
    {
      model: `Lower ${sizesOfRow.hint}.`,
      shard: `${fewer}, or fewer inputs.`,
      trace: hint,
      helper: hint,
    },
  );
  requireMemory('score', scoreElements(model, rows), `${fewer}, or lower ${sizesOfRow.hint}.`);
  return sizes;
}

/**
 * Sizes of the oracles of `infer`: model, input (of a registered shard: at least), output, trace, helper.
 * @throws CapacityError; InputError where the proof takes more memory than a prover has
 */
export function inferCapacity(model: AnyShape, rows: number): Capacity {
  const { slots, sides, ...sizesOfRow } = sizesOf(model);
  const sigma = ceilLog2(rows);
  const hidden = sizesOfRow.hidden.map((bits) => bits + sigma);
  const [input, output] = [ceilLog2(sides.inputs) + sigma, sizesOfRow.output + sigma];
  const fewer = `Take fewer than ${rows} rows`;
  const hint = `${fewer}, or lower the hidden widths.`;
  const sizes = check(
    {
      model: slots,
      input: [input],
      output: [output],
      trace: [...hidden.flatMap((k) => Array<number>(5).fill(k)), output, output, output, LIMB_BITS],
      helper: [...hidden, output, input, LIMB_BITS],
    },
    { model: `Lower ${sizesOfRow.hint}.`, input: `${fewer}.`, output: `${fewer}.`, trace: hint, helper: hint },
  );
  // Beside what a score holds of the pass: the inputs with their lookups.
  const elements = scoreElements({ ...model, head: 'squared error' }, rows) + 4 * 2 ** input;
  requireMemory('inference', elements, `${fewer}, or lower ${sizesOfRow.hint}.`);
  return sizes;
}

/**
 * What a score has besides by its head: tables, of which each has a tensor of the output in trace and helper, tensors with an entry a
 * row, and vectors of the output that the prover's sumcheck holds.
 */
const SCORE_TENSORS: Record<Head, { tables: number; rows: number; held: number }> = {
  'squared error': { tables: 0, rows: 0, held: 0 },
  softmax: { tables: 1, rows: 2, held: 7 },
  sigmoid: { tables: 1, rows: 0, held: 6 },
};

/** How many field elements the prover of `score` holds at most at once, in its sumcheck (src/programs/score/sumcheckBatch.ts). */
export function scoreElements(model: AnyShape, rows: number): number {
  const { head, read, places, ...own } = sizesOf(model);
  const sigma = ceilLog2(rows);
  const of = (bits: number) => 2 ** bits;
  const [hidden, output] = [own.hidden.map((bits) => of(bits + sigma)), of(own.output + sigma)];
  const { tables, held } = SCORE_TENSORS[head];
  const overRows = hidden.reduce((sum, entries) => sum + 10 * entries, 0) + (20 + held) * output;
  const overPlaces = places.reduce((sum, bits) => sum + of(bits + sigma), 0);
  const most = Math.max(sigma, ...own.hidden, own.output, ...read);
  const small = 12 * (1 + tables) * of(LIMB_BITS) + 16 * (read.length + 1) * of(most);
  return overRows + overPlaces + small;
}

function check(oracles: Record<string, (SlotSize | number)[]>, hints: Record<string, string>): Capacity {
  const sizes: Capacity = {};
  for (const [oracle, slots] of Object.entries(oracles)) {
    const named = slots.map((slot, k) => (typeof slot === 'number' ? { name: `${k}`, log2: slot } : slot));
    sizes[oracle] = layout(named).log2;
    const limit = LIMITS[oracle] ?? ADDRESS_BITS;
    if (sizes[oracle] > limit) throw new CapacityError(oracle, sizes[oracle], limit, hints[oracle]);
  }
  return sizes;
}
