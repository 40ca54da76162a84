// Requests to the relay that need no proof and carry to a contract exactly what was signed: the fields of the typed struct are the
// arguments of the relay's and of the target's function, in order.
import type { Address, Hex } from 'viem';
import type { RequestField } from './programs/definition.ts';
import type { CallArgument } from './programs/targets.ts';

/**
 * What a trainer can ask for by such a request; `what` is the name of the function. `account` is the trainer that nodes name, for
 * whom the one who signs is the key.
 */
export type PlainAction =
  | { what: 'writeCard'; model: Hex; name: string; uri: string }
  | { what: 'chooseShare'; share: bigint }
  | { what: 'lowerShare'; node: Hex; share: bigint }
  | { what: 'withdraw'; account: Address; token: Address; to: Address }
  | { what: 'setPayout'; account: Address; payout: Address }
  | { what: 'offerKey'; account: Address; key: Address }
  | { what: 'acceptKey'; account: Address }
  | { what: 'supersede'; node: Hex; successor: Hex; steps: readonly Hex[] }
  | { what: 'setStatus'; node: Hex; mark: number; reason: string };

interface PlainRequest {
  /** name of the typed struct */
  type: string;
  /** name of the field that holds the contract which is called */
  target: string;
  fields: readonly RequestField[];
}

const field = (name: string, type: string): RequestField => ({ name, type });

/** The requests by the functions that they call. */
export const PLAIN_REQUESTS = {
  writeCard: {
    type: 'WriteCard',
    target: 'cards',
    fields: [field('model', 'bytes32'), field('name', 'string'), field('uri', 'string')],
  },
  chooseShare: { type: 'ChooseShare', target: 'registry', fields: [field('share', 'uint256')] },
  lowerShare: { type: 'LowerShare', target: 'vault', fields: [field('node', 'bytes32'), field('share', 'uint256')] },
  withdraw: {
    type: 'Withdraw',
    target: 'vault',
    fields: [field('account', 'address'), field('token', 'address'), field('to', 'address')],
  },
  setPayout: {
    type: 'SetPayout',
    target: 'trainers',
    fields: [field('account', 'address'), field('payout', 'address')],
  },
  offerKey: { type: 'OfferKey', target: 'trainers', fields: [field('account', 'address'), field('key', 'address')] },
  acceptKey: { type: 'AcceptKey', target: 'trainers', fields: [field('account', 'address')] },
  supersede: {
    type: 'Supersede',
    target: 'statuses',
    fields: [field('node', 'bytes32'), field('successor', 'bytes32'), field('steps', 'bytes32[]')],
  },
  setStatus: {
    type: 'SetStatus',
    target: 'statuses',
    fields: [field('node', 'bytes32'), field('mark', 'uint8'), field('reason', 'string')],
  },
} as const satisfies Record<PlainAction['what'], PlainRequest>;

/** Name of the typed struct of such a request. */
export type PlainRequestType = (typeof PLAIN_REQUESTS)[PlainAction['what']]['type'];

/** The fields of an action's typed struct, in order. */
export function plainFields({ what, ...values }: PlainAction): Record<string, CallArgument> {
  const given: Record<string, CallArgument> = values;
  return Object.fromEntries(PLAIN_REQUESTS[what].fields.map(({ name }) => [name, given[name]]));
}

/** Whether an action is asked for by such a request. */
export function isPlain(action: { what: string }): action is PlainAction {
  return Object.hasOwn(PLAIN_REQUESTS, action.what);
}
