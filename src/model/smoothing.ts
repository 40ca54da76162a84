import { InputError } from '../errors/InputError.ts';
import { DELTA_BITS } from '../numbers/constants.ts';
import { checkSmoothing, HEADS, type Head, withoutSmoothing, wrongAnswers } from './head.ts';
import { show } from './json.ts';
import type { ShardKind } from './shape.ts';

const ONE = 2 ** DELTA_BITS;
/** Of the 8 bits in `seg`. */
const MOST_UNITS = 255;

/** A head as people write it in commands and files: squared-error. */
export function headWord(head: Head): string {
  return head.replaceAll(' ', '-');
}

/** The head that a word names. @throws InputError for another word */
export function headOfWord(word: string): Head {
  const head = HEADS.find((one) => headWord(one) === word);
  if (head !== undefined) return head;
  throw new InputError(`${show(word)} is no head of a network.`, {
    hint: `The heads are ${HEADS.map(headWord).join(', ')}.`,
  });
}

/** What the training of a head makes smaller. */
export function lossName(head: Head): string {
  return head === 'squared error' ? head : 'cross-entropy';
}

/** The head that people take for rows of a kind. */
export function usualHead(kind: ShardKind): Head {
  return ({ classes: 'softmax', labels: 'sigmoid', regression: 'squared error' } as const)[kind];
}

/**
 * The smoothing that a training stores, in units of 2^-11 for a wrong class, nearest to a wanted one.
 * @param wanted what the target of the right class lacks to 1, shared among the wrong ones (softmax); the target of the wrong
 * value (sigmoid)
 * @param outputs of the network
 * @throws InputError for a head without smoothing, or one that rounds to nothing or does not fit
 */
export function smoothingUnits(wanted: number, head: Head, outputs: number): number {
  if (!(wanted >= 0 && wanted < 1)) {
    throw new InputError(`A smoothing is a number from 0 to below 1, not ${wanted}.`, {
      hint: 'Usual is 0.05 or 0.1.',
    });
  }
  if (wanted === 0) return 0;
  const wrong = wrongOnes(head, outputs, wanted);
  const units = Math.round((wanted * ONE) / wrong);
  if (units === 0) {
    throw new InputError(`A smoothing of ${wanted} rounds to nothing for ${outputs} outputs.`, {
      hint: `Give at least ${decimals(wrong / ONE)}, or leave it out.`,
    });
  }
  // The target of the right one stays above 0.
  const most = Math.min(MOST_UNITS, Math.ceil(ONE / (wrong + 1)) - 1);
  if (units > most) {
    throw new InputError(`A smoothing of ${wanted} is more than a training takes.`, {
      hint:
        most === 0
          ? `Leave it out: ${outputs} outputs leave no room for one.`
          : `Give at most ${decimals((most * wrong) / ONE)}.`,
    });
  }
  checkSmoothing(head, outputs, units);
  return units;
}

/** What a stored smoothing stands for, on the scale of `smoothingUnits`. */
export function smoothingShare(units: number, head: Head, outputs: number): number {
  return (units * wrongAnswers(head, outputs)) / ONE;
}

/** Targets of a right and of a wrong class, in decimals: 0.9502 right, 0.0498 wrong. */
export function describeTargets(units: number, head: Head, outputs: number): string {
  const right = 1 - smoothingShare(units, head, outputs);
  return `${decimals(right)} for the right ${head === 'softmax' ? 'class' : 'value'}, ${decimals(units / ONE)} for ${head === 'softmax' ? 'each wrong one' : 'the wrong one'}`;
}

function wrongOnes(head: Head, outputs: number, wanted: number): number {
  if (head === 'squared error') throw withoutSmoothing(wanted);
  if (head === 'softmax' && outputs === 1) {
    throw new InputError('A softmax of one output is always 1: there is no wrong class to smooth.', {
      hint: 'Take one output for each class.',
    });
  }
  return wrongAnswers(head, outputs);
}

/** Five digits at most: a unit is 0.00049. */
function decimals(value: number): string {
  return `${Number(value.toFixed(5))}`;
}
