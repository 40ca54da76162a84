import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { NUMBERING } from '../../src/generated/numbering.ts';
import { range } from '../reference/algebra.ts';
import { type Constraint, type Judge, judgeOf } from '../reference/circuit.ts';
import type { ProgramName } from '../reference/run.ts';
import { element, elements } from '../reference/sizes.ts';
import type { Inputs } from '../reference/tensors.ts';
import { PROVE, repairOf, VARIANTS } from '../support/smallProofs.ts';

// The public words say what the circuits' private sizes are, field by field.

interface Word {
  where: Constraint;
  /** lowest bits of its fields */
  fields: number[];
  /** where it is one of several inputs of a name */
  entry?: number;
}

const WORDS: Record<string, Word> = {
  shape: {
    where: { file: 'lib/sizes.circom', template: 'ModelShape', text: 'word === shape;' },
    fields: [0, 12, 24, 36, 48, 60, 61, 62, 63, 86, 247, 248],
  },
  shard: {
    where: { file: 'lib/sizes.circom', template: 'ShardDescriptor', text: 'word === shard;' },
    fields: [0, 12, 24, 36, 37, 63, 89],
  },
  seg: {
    where: { file: 'programs/train/segment.circom', template: 'SegmentDescriptor', text: 'word === seg;' },
    fields: [0, 17, 29, 41, 55, 81, 107],
  },
};

/** Of programs of networks: a shape, whose layers have seven fields of 29 bits each, and two words of layouts. */
const LAYER = [0, 12, 18, 24, 25, 26, 27, 28];
const inNetwork = (text: string): Constraint => ({ file: 'lib/network.circom', template: 'NetworkShape', text });
const NETWORK_WORDS: Record<string, Word> = {
  ...WORDS,
  shape: {
    where: inNetwork('word === shape;'),
    fields: [
      ...[0, 12, 192, 193, 194, 195, 196, 197, 198, 249],
      ...[0, 3, 5].flatMap((l) => LAYER.map((at) => 18 + 29 * l + at)),
    ],
  },
  ...Object.fromEntries(
    [0, 1].map((entry): [string, Word] => [
      `layout_${entry + 1}`,
      {
        where: inNetwork(`words[${entry}] === layout[${entry}];`),
        fields: [0, 1, 2].flatMap((l) => [0, 23, 46].map((at) => 51 * l + at)),
        entry,
      },
    ]),
  ),
};

for (const [program, prove] of Object.entries(PROVE))
  describe(`the public words of program ${program}`, () => {
    let judge: Judge;
    let inputs: Inputs;
    before(async () => {
      judge = await judgeOf(program);
      inputs = prove().inputs;
    });
    const signals: readonly string[] = NUMBERING[program as ProgramName].signals.names;
    const words = Object.entries(program.startsWith('conv') ? NETWORK_WORDS : WORDS);
    for (const [name, { where, fields, entry }] of words.filter(([word]) => signals.includes(word)))
      for (const bit of fields)
        it(`are refused with another bit ${bit} of ${name}`, () => {
          const list = entry === undefined ? [] : elements(inputs, 'layout');
          const word = entry === undefined ? element(inputs, name) : list[entry];
          const by = 2n ** BigInt(bit) * ((word >> BigInt(bit)) & 1n ? -1n : 1n);
          const other = entry === undefined ? { [name]: word + by } : { layout: list.with(entry, word + by) };
          return judge.rejects({ ...inputs, ...other }, where);
        });
  });

describe('the places that the word of a segment says', () => {
  let judge: Judge;
  // both offsets are said to have every bit, which all checks of the circuit are made to take
  const { inputs } = PROVE.train({
    slots: ({ X, Y }) => {
      for (const slot of [X, Y]) slot.bits = slot.bits.map(() => 1n);
    },
    repair: repairOf('train'),
  });
  before(async () => {
    judge = await judgeOf('train');
  });

  it('are taken where they are those of the circuit', async () => {
    assert.equal((await judge.outputs(inputs)).length, 3);
  });
  for (const bit of range(52))
    it(`are refused without bit ${bit}`, () =>
      judge.rejects({ ...inputs, seg: element(inputs, 'seg') - 2n ** BigInt(55 + bit) }, WORDS.seg.where));
});

// Of rows of labels, without its bit the word would say regression, which is a kind too.
for (const variant of ['score on labels', 'convScore on labels, pooled'])
  it(`a ${variant} is refused where the shard's word says regression`, async () => {
    const [program, prove] = VARIANTS[variant];
    const judge = await judgeOf(program);
    const { inputs } = prove();
    await judge.rejects({ ...inputs, shard: element(inputs, 'shard') - 2n ** 89n }, WORDS.shard.where);
  });
