import type { Fate } from './chain/sentTypes.ts';
import type { Message } from './chain/types.ts';
import { count } from './format.ts';

/** What became of a transaction, in words. Nothing is said to be registered that is not in a block. */
export function fateInWords(fate: Fate): Message {
  switch (fate.phase) {
    case 'submitted':
      return fate.replacing
        ? {
            title: 'Replaced; the replacement waits for a block.',
            hint: 'Another transaction with its nonce waits. What it does is known once it is in a block.',
          }
        : { title: 'Sent, waiting for a block.' };
    case 'dropped':
      return {
        title: 'The node does not have this transaction any more.',
        hint: 'It is in no block. It was dropped, or the wallet alone holds it: look there, and send it again if it is gone.',
      };
    case 'superseded':
      return {
        title: 'Another transaction with its nonce is in a block.',
        hint: 'The node does not tell which one. Look at the activity of the wallet.',
      };
    case 'confirmed':
      return {
        title: fate.replaced ? 'Included, with a faster replacement.' : 'Included.',
        hint: `In block ${count(fate.block)} for ${count(fate.gas)} gas.`,
      };
    case 'reverted':
      return {
        title: 'The transaction was included but failed.',
        hint: 'The chain changed meanwhile. Nothing but the gas was spent.',
      };
    case 'cancelled':
      return { title: 'Cancelled: another transaction took its place.', hint: 'Nothing of this one happened.' };
  }
}
