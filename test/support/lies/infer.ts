// For each relation and each claim of programs infer and convInfer a proof of which nothing else is false, at all layers.

import { NUMBERING } from '../../../src/generated/numbering.ts';
import type { InferHooks } from '../../reference/infer.ts';
import type { Inferences } from '../../reference/infer-verifier.ts';
import { forgedLookups, type Lie, madeUp, miscounted, nudge } from '../../reference/lies.ts';
import type { AnyHooks, Reference } from '../../reference/run.ts';
import type { ReferenceShard } from '../../reference/shards.ts';
import { LAYERS } from '../../reference/sizes.ts';
import { type Asked, provenInference } from '../inferences.ts';
import { passLies } from './score.ts';

/** What a lie does, the same for all networks. */
export type InferLie = Omit<InferHooks<{ shard: ReferenceShard }>, 'used'>;

/** Who tells the lies: a network of which all layers are present, on three rows of four. */
interface InferSetting {
  program: Inferences;
  layers: readonly number[];
  /** features that are padding, by what they are */
  padded: Record<string, number>;
  prove: (hooks: InferLie, asked: Asked) => Reference;
}

const [ROWS, PADDED_ROW] = [4, 3];

export function inferLies({ program, layers, padded, prove }: InferSetting): Lie[] {
  const numbers = NUMBERING[program];
  const { relations: R, claims: C, evaluations: E } = numbers;
  const COMMITTED: Asked = { inputs: 'committed' };
  const HIDDEN: Asked = { inputs: 'committed', shown: false };
  const relation = (name: string, index: number, hooks: InferLie, asked: Asked = COMMITTED): Lie => ({
    name,
    prove: () => prove(hooks, asked),
    relations: [index],
    fails: 'batch',
  });
  const claim = (name: string, index: number, hooks: InferLie, asked: Asked): Lie => ({
    name,
    prove: () => prove(hooks, asked),
    claims: [index],
    fails: 'reduction',
  });
  const committed = (hooks: AnyHooks) => prove(hooks, COMMITTED);
  const input = (at: number, value: bigint): InferLie => ({
    run: ({ shard }) => {
      shard.X[at] = value;
    },
  });
  const shown = (at: number): InferLie => ({ trace: ({ O }) => nudge(O, at) });
  const lookups = [...layers.slice(0, -1).map((l) => [`h_${l}`, `h_${l}`] as const), ['hQ', 'hQ'] as const];
  return [
    ...passLies({ numbers, layers, relation: (name, index, hooks) => relation(name, index, hooks), proven: committed }),
    relation('an input of 2^15', R.logUp, input(0, 2n ** 15n)),
    relation('an input of -2^15 - 1', R.logUp, input(0, -(2n ** 15n) - 1n)),
    relation('an input on a padded row', R.paddingX, input(PADDED_ROW, 1n)),
    claim('a public input on a padded row', C.inputs, input(PADDED_ROW, 1n), { inputs: 'public' }),
    ...Object.entries(padded).flatMap(([what, feature]) => [
      relation(`an input on a padded ${what}`, R.paddingX, input(feature * ROWS, 1n)),
      claim(`a public input on a padded ${what}`, C.inputs, input(feature * ROWS, 1n), { inputs: 'public' }),
    ]),
    relation('an output changed', R.output, shown(0)),
    relation('an output changed that is not public', R.output, shown(0), HIDDEN),
    relation('an output on a padded row', R.output, shown(PADDED_ROW), HIDDEN),
    relation('an output on a padded unit', R.output, shown(3 * ROWS), HIDDEN),
    claim(
      'one public output stated other than it is',
      C.outputs,
      { stated: ({ outputs }) => nudge(outputs!, 1) },
      COMMITTED,
    ),
    claim(
      'one public input stated other than it is',
      C.inputs,
      { stated: ({ inputs }) => nudge(inputs!, 1) },
      { inputs: 'public', shown: false },
    ),
    claim('inputs at x that are not public', C.inputs, { values: (values) => (values.inputs = 1n) }, HIDDEN),
    claim('outputs at x that are not public', C.outputs, { values: (values) => (values.outputs = 1n) }, HIDDEN),
    ...forgedLookups([...lookups, ['hX', 'rangeX'], ['g', 'table']], R.names, committed),
    miscounted(R.logUp, committed),
    ...madeUp(E.names, R.logUp, committed),
  ];
}

export const INFER_LIES: Lie[] = inferLies({
  program: 'infer',
  layers: LAYERS,
  padded: { feature: 3 },
  prove: (hooks, asked) => provenInference([3, 3, 3, 3, 3], { seed: 31, ...asked }, hooks as InferHooks),
});
