import { InputError } from '../errors/InputError.ts';
import { DELTA_BITS } from '../numbers/constants.ts';
import { show } from './json.ts';
import type { ShardKind } from './shardKind.ts';

/** What turns the outputs of a network into deltas. The index of a head is its number in `shape` (protocol section 1). */
export const HEADS = ['squared error', 'softmax', 'sigmoid'] as const;
export type Head = (typeof HEADS)[number];

/** The kinds of shards on which a model with each head trains. */
const KINDS: Record<Head, readonly ShardKind[]> = {
  'squared error': ['regression', 'classes'],
  softmax: ['classes'],
  sigmoid: ['labels', 'classes'],
};

/** @throws InputError with the offending value */
export function checkHead(head: unknown): asserts head is Head {
  if (HEADS.includes(head as Head)) return;
  throw new InputError(`The head of a network is one of ${HEADS.join(', ')}, not ${show(head)}.`);
}

/** The heads of models that train on shards of a kind, in their order. */
export function headsFor(kind: ShardKind): Head[] {
  return HEADS.filter((head) => KINDS[head].includes(kind));
}

/** @throws InputError where no model with the head trains on shards of the kind, or is scored on them */
export function checkFit(head: Head, kind: ShardKind): void {
  checkHead(head);
  if (KINDS[head].includes(kind)) return;
  throw new InputError(`A network with ${head} does not go with rows of ${kind}.`, {
    hint: `Take a network with ${headsFor(kind).join(' or ')}, or rows of ${KINDS[head].join(' or ')}.`,
  });
}

/** Among how many wrong answers smoothing is shared: of softmax the other classes, else the other value. */
export function wrongAnswers(head: Head, outputs: number): number {
  return head === 'softmax' ? outputs - 1 : 1;
}

/**
 * The target of the right class must stay above that of the others.
 * @param smoothing target of a wrong class in units of 2^-11
 * @throws InputError unless it is 0 with squared error, below 2^11 / outputs with softmax and below 2^10 with sigmoid
 */
export function checkSmoothing(head: Head, outputs: number, smoothing: number): void {
  checkHead(head);
  if (smoothing === 0) return;
  if (head === 'squared error') throw withoutSmoothing(smoothing);
  const one = 2 ** DELTA_BITS;
  const classes = wrongAnswers(head, outputs) + 1;
  if (classes * smoothing < one) return;
  throw new InputError(`A smoothing of ${smoothing} leaves nothing for the right one of ${classes} classes.`, {
    hint: `Give less than ${one} / ${classes}: the units are 1 / ${one}.`,
  });
}

/** @param smoothing as it was given */
export function withoutSmoothing(smoothing: number): InputError {
  return new InputError(`Squared error takes no smoothing of targets, not ${smoothing}.`, {
    hint: 'Leave the smoothing out, or train a network with softmax or sigmoid.',
  });
}
