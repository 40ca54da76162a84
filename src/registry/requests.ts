// Requests to the relay that need no proof and carry to a contract exactly what was signed: the fields of the typed struct are the
// arguments of the relay's and of the target's function, in order. Where the functions take a dataset's list, its id is signed.
import type { Address, Hex } from 'viem';
import type { DatasetList } from './attestation.ts';
import { datasetId } from './ids.ts';
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
  | { what: 'setStatus'; node: Hex; mark: number; reason: string }
  | { what: 'registerDataset'; shardIds: readonly Hex[]; uri: string }
  | { what: 'publish'; dataset: Hex; uri: string; archive: Hex }
  | { what: 'revoke'; dataset: Hex }
  | { what: 'attest'; list: DatasetList; source: Address; uri: string; licence: string }
  | { what: 'withdrawAttestation'; list: DatasetList; source: Address }
  | { what: 'cancelSignatures'; dataset: Hex; source: Address }
  | { what: 'setOperator'; source: Address; operator: Address; allowed: boolean };

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
  registerDataset: {
    type: 'RegisterDataset',
    target: 'datasets',
    fields: [field('shardIds', 'bytes32[]'), field('uri', 'string')],
  },
  publish: {
    type: 'PublishDataset',
    target: 'datasets',
    fields: [field('dataset', 'bytes32'), field('uri', 'string'), field('archive', 'bytes32')],
  },
  revoke: { type: 'RevokeDataset', target: 'datasets', fields: [field('dataset', 'bytes32')] },
  attest: {
    type: 'AttestDataset',
    target: 'attestations',
    fields: [
      field('dataset', 'bytes32'),
      field('source', 'address'),
      field('uri', 'string'),
      field('licence', 'string'),
    ],
  },
  withdrawAttestation: {
    type: 'WithdrawAttestation',
    target: 'attestations',
    fields: [field('dataset', 'bytes32'), field('source', 'address')],
  },
  cancelSignatures: {
    type: 'CancelSignatures',
    target: 'attestations',
    fields: [field('dataset', 'bytes32'), field('source', 'address')],
  },
  setOperator: {
    type: 'SetOperator',
    target: 'attestations',
    fields: [field('source', 'address'), field('operator', 'address'), field('allowed', 'bool')],
  },
} as const satisfies Record<PlainAction['what'], PlainRequest>;

/** Name of the typed struct of such a request. */
export type PlainRequestType = (typeof PLAIN_REQUESTS)[PlainAction['what']]['type'];

/** The fields of an action's typed struct, in order. */
export function plainFields({ what, ...values }: PlainAction): Record<string, CallArgument> {
  const { list, ...plain }: { list?: DatasetList } & Record<string, unknown> = values;
  const ofList = list && { dataset: datasetId(list.registrar, list.shardIds, list.uri) };
  const given = { ...plain, ...ofList } as Record<string, CallArgument>;
  return Object.fromEntries(PLAIN_REQUESTS[what].fields.map(({ name }) => [name, given[name]]));
}

/** What the functions take, in order: the fields, but a dataset's list where one is given. */
export function plainArguments(action: PlainAction): CallArgument[] {
  const fields = plainFields(action);
  return Object.values('list' in action ? { ...fields, dataset: { ...action.list } } : fields);
}

/** Whether an action is asked for by such a request. */
export function isPlain(action: { what: string }): action is PlainAction {
  return Object.hasOwn(PLAIN_REQUESTS, action.what);
}
