// Numbers of heads in calls and requests: those in the shape of a model (protocol section 1).
import { FileFormatError } from '../../errors/FileFormatError.ts';
import { HEADS, type Head } from '../../model/head.ts';

/** The value of the contract's enum Head. */
export function numberOfHead(head: Head): number {
  return HEADS.indexOf(head);
}

/** The head of such a value. @throws FileFormatError where none has it */
export function headOfNumber(value: number): Head {
  const head = HEADS[value];
  if (head === undefined) throw new FileFormatError(`No head of a model has the number ${value}.`);
  return head;
}
