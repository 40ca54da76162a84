// What a trainer signs so that somebody else may pay for the transaction: EIP-712 typed data, one type for each function of
// contracts/interfaces/IRelay.sol, and the call that carries it.
import { type Address, encodeFunctionData, type Hex } from 'viem';
import type { Proof } from '../argument/types.ts';
import { InputError } from '../errors/InputError.ts';
import { relayAbi } from '../generated/abi.ts';
import { type AnyShape, encodeAnyShape } from '../model/anyShape.ts';
import { registryCall } from './calls.ts';
import { FOREIGN_FIELDS, FOREIGN_REQUEST, type ForeignStatement, foreignCall, foreignRequest } from './foreign.ts';
import type { RequestField } from './programs/definition.ts';
import { definitionOf, type Statement } from './programs/definitions.ts';
import { isRelayed, PROGRAM_NAMES, PROGRAMS, type RelayedProgram, TARGETS } from './programs/list.ts';
import { SHAPE_REQUEST, shapeRequest } from './programs/shapeRequest.ts';
import type { CallArgument } from './programs/targets.ts';
import {
  CHAIN_FIELDS,
  CHAIN_REQUEST,
  chainRequest,
  SEGMENT_FIELDS,
  type TrainChain,
  trainManyCall,
} from './programs/trainMany.ts';
import {
  isPlain,
  PLAIN_REQUESTS,
  type PlainAction,
  type PlainRequestType,
  plainArguments,
  plainFields,
} from './requests.ts';

/** Name and version of the domain; its other fields are the chain and the relay's address. */
export const RELAY_DOMAIN = { name: 'Descent relay', version: '1' } as const;

const field = (name: string, type: string) => ({ name, type });
const DOMAIN_FIELDS = [
  field('name', 'string'),
  field('version', 'string'),
  field('chainId', 'uint256'),
  field('verifyingContract', 'address'),
];
const request = (target: string, ...fields: readonly RequestField[]): RequestField[] => [
  field(target, 'address'),
  field('trainer', 'address'),
  ...fields,
  field('nonce', 'uint256'),
  field('deadline', 'uint256'),
];

/** The typed struct of what a program proves. */
export type ProvedRequestType = (typeof PROGRAMS)[RelayedProgram]['request'];

/** Any typed struct. */
export type RequestType =
  | ProvedRequestType
  | typeof CHAIN_REQUEST
  | typeof FOREIGN_REQUEST
  | 'RequestSeed'
  | PlainRequestType;

const ofPrograms = Object.fromEntries(
  PROGRAM_NAMES.filter(isRelayed).map((program) => {
    const { request: type, registers } = PROGRAMS[program];
    return [type, request(TARGETS[registers], ...(definitionOf({ program }).requestFields ?? []))];
  }),
) as Record<ProvedRequestType, RequestField[]>;
const ofPlain = Object.fromEntries(
  Object.values(PLAIN_REQUESTS).map(({ type, target, fields }) => [type, request(target, ...fields)]),
) as Record<PlainRequestType, RequestField[]>;

/** The typed structs. Models and shards stand in them by their ids, which are hashes of commitments and shapes; a new shape by its text. */
export const RELAY_TYPES: Readonly<Record<RequestType, readonly RequestField[]>> = {
  ...ofPrograms,
  [CHAIN_REQUEST]: request('registry', ...CHAIN_FIELDS),
  [FOREIGN_REQUEST]: request('registry', ...FOREIGN_FIELDS),
  RequestSeed: request('registry', ...SHAPE_REQUEST, field('secretHash', 'bytes32')),
  ...ofPlain,
};

/** The structs that stand within others. */
export const INNER_TYPES: Readonly<Record<string, readonly RequestField[]>> = { Segment: SEGMENT_FIELDS };

/** Something that a trainer can ask for: a proved statement, a chain of them, a foreign child, the draw of a seed, or what needs no proof. */
export type Action =
  | { what: 'statement'; statement: Statement }
  | ({ what: 'trainMany' } & TrainChain)
  | ({ what: 'registerForeign' } & ForeignStatement)
  | { what: 'requestSeed'; shape: AnyShape; secretHash: Hex }
  | PlainAction;

/** A request of a trainer, before it is signed. */
export interface RelayRequest {
  chainId: bigint;
  relay: Address;
  /** the registry, for scores the scoreboard, for what needs no proof the contract that PLAIN_REQUESTS names */
  target: Address;
  trainer: Address;
  /** any number below 2^256 that the trainer has not used with this relay */
  nonce: bigint;
  /** the last second, since 1970, in which the request may be carried */
  deadline: bigint;
  action: Action;
}

/** The typed data that a wallet shows and signs (`eth_signTypedData_v4`, or `signTypedData` of viem). */
export interface TypedRequest {
  domain: { name: string; version: string; chainId: bigint; verifyingContract: Address };
  types: Record<string, readonly { name: string; type: string }[]>;
  primaryType: RequestType;
  message: Record<string, CallArgument>;
}

/** What the trainer of a request signs. @throws InputError for sizes that no circuit takes */
export function typedRequest({ chainId, relay, target, trainer, nonce, deadline, action }: RelayRequest): TypedRequest {
  const { primaryType, fields } = structOf(action);
  return {
    domain: { ...RELAY_DOMAIN, chainId, verifyingContract: relay },
    types: { EIP712Domain: DOMAIN_FIELDS, [primaryType]: RELAY_TYPES[primaryType], ...innerTypesOf(primaryType) },
    primaryType,
    message: { [RELAY_TYPES[primaryType][0].name]: target, trainer, ...fields, nonce, deadline },
  };
}

/**
 * The call of the relay that carries a signed request; anybody may send it.
 * @param proofs of the statement, or one for each segment of a chain, or of a foreign child's range; none for what needs none
 * @throws RangeError when a proof is missing
 */
export function relayCall(
  request: RelayRequest,
  signature: Hex,
  ...proofs: readonly Proof[]
): { to: Address; data: Hex } {
  const { relay, target, trainer, nonce, deadline, action } = request;
  const [functionName, args] = targetCall(action, proofs);
  const permission = { trainer, nonce, deadline, signature };
  // Every function of the relay takes the target, what the target's own function takes, and the permission.
  const call = { abi: relayAbi, functionName, args: [target, ...args, permission] } as never;
  return { to: relay, data: encodeFunctionData(call) };
}

function targetCall(action: Action, proofs: readonly Proof[]): [string, readonly CallArgument[]] {
  if (isPlain(action)) return [action.what, plainArguments(action)];
  switch (action.what) {
    case 'requestSeed':
      return ['requestSeed', [encodeAnyShape(action.shape), action.secretHash]];
    case 'trainMany': {
      const { functionName, args } = trainManyCall({ ...action, proofs });
      return [functionName, args];
    }
    case 'registerForeign': {
      const { functionName, args } = foreignCall(action, onlyProof(proofs));
      return [functionName, args];
    }
    case 'statement': {
      const { functionName, args } = registryCall(action.statement, onlyProof(proofs));
      return [functionName, args];
    }
  }
}

function onlyProof(proofs: readonly Proof[]): Proof {
  if (proofs.length !== 1) throw new RangeError('a statement is carried with its proof');
  return proofs[0];
}

function structOf(action: Action): { primaryType: RequestType; fields: Record<string, CallArgument> } {
  if (isPlain(action)) return { primaryType: PLAIN_REQUESTS[action.what].type, fields: plainFields(action) };
  switch (action.what) {
    case 'requestSeed': {
      const { shape, secretHash } = action;
      return { primaryType: 'RequestSeed', fields: { ...shapeRequest(shape), secretHash } };
    }
    case 'trainMany':
      return { primaryType: CHAIN_REQUEST, fields: chainRequest(action) };
    case 'registerForeign':
      return { primaryType: FOREIGN_REQUEST, fields: foreignRequest(action) };
    case 'statement': {
      const { statement } = action;
      const { program } = statement;
      const fields = definitionOf(statement).request?.(statement);
      if (fields === undefined || !isRelayed(program)) {
        const hint = 'Send the edge itself: descent submit without a relay.';
        throw new InputError(`The relay carries no proofs of ${program}.`, { hint });
      }
      return { primaryType: PROGRAMS[program].request, fields };
    }
  }
}

/** The structs within a type, by their names. */
export function innerTypesOf(primaryType: RequestType): Record<string, readonly RequestField[]> {
  const names = RELAY_TYPES[primaryType].map(({ type }) => type.replaceAll('[]', ''));
  return Object.fromEntries(Object.entries(INNER_TYPES).filter(([name]) => names.includes(name)));
}
