import { before, describe, it } from 'node:test';
import { NUMBERING } from '../../src/generated/numbering.ts';
import { range } from '../reference/algebra.ts';
import { type Constraint, type Judge, judgeOf } from '../reference/circuit.ts';
import type { ProgramName } from '../reference/run.ts';
import { element } from '../reference/sizes.ts';
import type { Inputs } from '../reference/tensors.ts';
import { PROVE } from '../support/smallProofs.ts';

// The public words say what the circuits' private sizes are, field by field.

interface Word {
  where: Constraint;
  /** lowest bits of its fields */
  fields: number[];
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
    // and every bit of both offsets, which no other relation of train holds to the word
    fields: [0, 17, 29, 41, ...range(52).map((bit) => 55 + bit), 107],
  },
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
    for (const [name, { where, fields }] of Object.entries(WORDS).filter(([word]) => signals.includes(word)))
      for (const bit of fields)
        it(`are refused with another bit ${bit} of ${name}`, () => {
          const word = element(inputs, name);
          const by = 2n ** BigInt(bit) * ((word >> BigInt(bit)) & 1n ? -1n : 1n);
          return judge.rejects({ ...inputs, [name]: word + by }, where);
        });
  });
